package dev.aerostat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Lists;
import com.google.common.collect.Range;
import dev.aerostat.api.BalloonSnapshot;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A tracker and its model side by side, which must never differ. */
final class CheckedTracker {
  private final BalloonTracker subject;
  private final Granules granules;
  private final Consumer<BalloonTracker> insideCheck;
  private final TrackerModel model;

  CheckedTracker(BalloonTracker subject, Granules granules, Consumer<BalloonTracker> insideCheck) {
    this.subject = subject;
    this.granules = granules;
    this.insideCheck = insideCheck;
    this.model = new TrackerModel(granules);
  }

  BalloonTracker subject() {
    return subject;
  }

  Granules granules() {
    return granules;
  }

  /** Applies a message to both, and compares all that can be asked. */
  void send(BalloonChange message) {
    apply(message);
    check(probesAround(message));
  }

  /** Applies a message to both, and compares their counts. */
  void apply(BalloonChange message) {
    long changed =
        message.isInflate()
            ? subject.inflate(
                message.first(),
                message.end(),
                message.kind() == BalloonChange.Kind.INFLATE_DESCENDING)
            : subject.deflate(message.first(), message.end());
    assertEquals(model.apply(message), changed, () -> "pages changed by " + message);
    assertEquals(model.pages(), subject.pages(), () -> "pages() after " + message);
  }

  void clear() {
    subject.clear();
    model.clear();
    check();
  }

  /** Compares all that can be asked. */
  void check() {
    check(List.of(0L, 1L, 4095L, 4096L, Pages.LIMIT - 1, Pages.LIMIT));
  }

  private void check(List<Long> probes) {
    insideCheck.accept(subject);
    checkRanges();
    checkSnapshot(probes);
    checkOrder();
    probes.forEach(this::checkPage);
    for (long first : probes) {
      probes.stream().filter(end -> end > first).forEach(end -> checkRange(first, end));
    }
  }

  private void checkRanges() {
    List<Range<Long>> expected = model.ranges();
    assertEquals(model.pages(), subject.pages(), "pages()");
    assertEquals(expected.size(), subject.ranges(), "ranges()");
    assertTrue(subject.heldBytes() > 0, "heldBytes() is positive");

    var ascending = new ArrayList<Range<Long>>();
    subject.forEachRange((first, end) -> ascending.add(Range.closedOpen(first, end)));
    assertEquals(expected, ascending, "forEachRange");

    var descending = new ArrayList<Range<Long>>();
    subject.forEachRangeDescending((first, end) -> descending.add(Range.closedOpen(first, end)));
    assertEquals(Lists.reverse(expected), descending, "forEachRangeDescending");
  }

  private void checkSnapshot(List<Long> probes) {
    BalloonSnapshot snapshot = subject.snapshot();
    var ranges = new ArrayList<Range<Long>>();
    snapshot.forEachRange((first, end) -> ranges.add(Range.closedOpen(first, end)));
    assertEquals(model.ranges(), ranges, "snapshot().forEachRange");
    assertEquals(model.pages(), snapshot.pages(), "snapshot().pages()");
    for (long page : probes) {
      assertEquals(
          model.contains(page), snapshot.contains(page), () -> "snapshot has page " + page);
    }
  }

  private void checkOrder() {
    List<Integer> expected = model.order();
    var order = new ArrayList<Integer>();
    int granule = subject.mostRecentGranule();
    while (granule != BalloonTracker.NONE && order.size() <= expected.size()) {
      order.add(granule);
      granule = subject.nextOlderGranule(granule);
    }
    assertEquals(expected, order, "granules, most recent first");
  }

  private void checkPage(long page) {
    assertEquals(model.contains(page), subject.contains(page), () -> "contains " + page);
    assertEquals(
        model.nextBallooned(page), subject.nextBallooned(page), () -> "nextBallooned " + page);
    assertEquals(
        model.nextNotBallooned(page),
        subject.nextNotBallooned(page),
        () -> "nextNotBallooned " + page);
  }

  private void checkRange(long first, long end) {
    assertEquals(
        model.pagesIn(first, end),
        subject.pagesIn(first, end),
        () -> "pagesIn %d to %d".formatted(first, end));
    assertEquals(
        model.containsAll(first, end),
        subject.containsAll(first, end),
        () -> "containsAll %d to %d".formatted(first, end));
    assertEquals(
        model.intersects(first, end),
        subject.intersects(first, end),
        () -> "intersects %d to %d".formatted(first, end));
  }

  /** Pages in, at the edges of, and far from what a message changed. */
  private List<Long> probesAround(BalloonChange message) {
    long first = message.first();
    long end = message.end();
    var probes = new TreeSet<Long>(List.of(0L, first, (first + end) / 2, end - 1, end, end + 1));
    probes.add(Math.max(0, first - 1));
    probes.add(Math.max(0, first - 4096));
    probes.add(granules.memory().endPage() / 2);
    probes.add(granules.memory().endPage());
    probes.add(Pages.LIMIT + 1);
    return List.copyOf(probes);
  }
}
