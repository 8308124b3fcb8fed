package dev.aerostat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is compared must do the same. */
class PageSetsTest {
  private static final List<String> HOLDERS =
      List.of(
          PageSets.OURS,
          PageSets.BITMAP,
          PageSets.OURS_FOUND,
          PageSets.BITMAP_FOUND,
          PageSets.ROARING,
          PageSets.TREEMAP,
          PageSets.GUAVA);

  @ParameterizedTest
  @ValueSource(strings = {"m1-k61-boot", "m2-k612-frag"})
  void allSetsHoldTheSamePages(String name) {
    var stream = Stream.named(name);
    ComparedPageSet expected = PageSets.named(PageSets.BITSET, stream.ram());
    expected.inflate(stream.inflate());
    deflateHalf(expected, stream);
    for (String set : HOLDERS) {
      ComparedPageSet actual = PageSets.named(set, stream.ram());
      actual.inflate(stream.inflate());
      deflateHalf(actual, stream);
      requireSame(expected, actual, stream.ram().getLast().endPage(), set);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"m1-k61-boot", "m2-k612-frag"})
  void whatIsToldFoundRunsHoldsWhatItWasTold(String name) {
    var stream = Stream.named(name);
    long endPage = stream.ram().getLast().endPage();
    ComparedPageSet expected = PageSets.named(PageSets.BITSET, stream.ram());
    for (String set : List.of(PageSets.OURS_FOUND, PageSets.BITMAP_FOUND)) {
      ComparedPageSet found = PageSets.named(set, stream.ram());
      expected.clear();
      expected.inflate(stream.inflate());
      found.inflate(stream.inflate());
      requireSame(expected, found, endPage, set);
      expected.deflate(stream.deflate());
      found.deflate(stream.deflate());
      requireSame(expected, found, endPage, set);
    }
  }

  private static void deflateHalf(ComparedPageSet set, Stream stream) {
    Messages messages = stream.deflate();
    for (int i = 0; i < messages.count() / 2; i++) {
      set.deflate(messages.pfns(), messages.start(i), messages.end(i));
    }
  }

  private static void requireSame(
      ComparedPageSet expected, ComparedPageSet actual, long endPage, String name) {
    for (long page = 0; page < endPage; page += 37) {
      assertEquals(expected.endOfRun(page), actual.endOfRun(page), name);
      assertEquals(expected.pagesIn(page, page + 512), actual.pagesIn(page, page + 512), name);
    }
  }
}
