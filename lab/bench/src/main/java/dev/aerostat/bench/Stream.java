package dev.aerostat.bench;

import dev.aerostat.api.GuestRange;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a guest sends over a boot: the same on every run.
 *
 * @param ram the guest's memory
 * @param inflate its inflate messages
 * @param deflate its deflate messages, which follow
 */
record Stream(List<GuestRange> ram, Messages inflate, Messages deflate) {
  static final String DESCENDING = "descending";
  static final String BUDDY = "buddy";
  static final String FRAGMENTED = "fragmented";

  /** All of them. */
  static final List<String> NAMES = names();

  /** As in the recordings' RAM: a q35 machine of 8 GiB. */
  private static final List<GuestRange> Q35 = UntouchedGuests.q35(8L << 30);

  private static List<String> names() {
    var names = new ArrayList<>(List.of(DESCENDING, BUDDY, FRAGMENTED));
    names.addAll(TraceStream.NAMES);
    return List.copyOf(names);
  }

  static Stream named(String name) {
    return switch (name) {
      case DESCENDING -> generated(BlockOrder.descending(pages()));
      case BUDDY -> generated(BlockOrder.buddy(pages()));
      case FRAGMENTED -> generated(BlockOrder.allSmall(pages()));
      default -> TraceStream.read(name);
    };
  }

  private static int pages() {
    return (int) Q35.stream().mapToLong(UntouchedGuests::pages).sum();
  }

  private static Stream generated(IntStream pages) {
    int[] pfns = pages.map(Stream::pfn).toArray();
    var inflate = Messages.ofFull(pfns);
    return new Stream(Q35, inflate, inflate.reversed());
  }

  /** Steps over the hole below 4 GiB. */
  private static int pfn(int page) {
    int low = (int) UntouchedGuests.pages(Q35.getFirst());
    return page < low ? page : (int) Q35.getLast().firstPage() + page - low;
  }
}
