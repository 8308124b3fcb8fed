package dev.aerostat.cli.report;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Pages;
import dev.aerostat.tracker.IntervalTreeTracker;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Which part of guest memory is in which state, page by page, and what that makes of each row of a
 * picture. Holds no more than two trackers do, and the deflate messages that are with the device.
 */
final class MemoryStates {
  private static final long GRANULE_BYTES = 2L << 20;

  private final MemoryRows rows;
  private final BalloonTracker ballooned;
  private final BalloonTracker mapped;
  private final long[] balloonedIn;
  private final long[] mappedIn;
  private final long[] bothIn;
  private final long[] leavingIn;
  private final Map<Long, Map<Integer, Long>> leavingOf = new HashMap<>();
  private Map<Integer, Long> deflating = new HashMap<>();
  private long leaving;

  /** Starts with all RAM guest-owned and nothing mapped. */
  MemoryStates(GuestMemory memory) {
    this.rows = new MemoryRows(memory);
    Granules granules = Granules.of(memory, GRANULE_BYTES);
    this.ballooned = new IntervalTreeTracker(granules);
    this.mapped = new IntervalTreeTracker(granules);
    this.balloonedIn = new long[rows.count()];
    this.mappedIn = new long[rows.count()];
    this.bothIn = new long[rows.count()];
    this.leavingIn = new long[rows.count()];
  }

  /** Returns how many rows the picture has. */
  int rows() {
    return rows.count();
  }

  void inflated(long firstPage, long endPage) {
    rows.parts(
        firstPage,
        endPage,
        (row, first, end) -> {
          long before = both(first, end);
          balloonedIn[row] += ballooned.inflate(first, end, false);
          bothIn[row] += both(first, end) - before;
        });
  }

  /** Notes what the guest boots without: a run of it is in the same state as what is ballooned. */
  void withheld(long firstPage, long endPage) {
    inflated(firstPage, endPage);
  }

  /** Notes what the guest has been given of that. */
  void plugged(long firstPage, long endPage) {
    rows.parts(
        firstPage,
        endPage,
        (row, first, end) -> {
          long before = both(first, end);
          balloonedIn[row] -= ballooned.deflate(first, end);
          bothIn[row] += both(first, end) - before;
        });
  }

  /** Notes a run of the deflate message that is being read. */
  void deflated(long firstPage, long endPage) {
    rows.parts(
        firstPage,
        endPage,
        (row, first, end) -> {
          long before = both(first, end);
          long pages = ballooned.deflate(first, end);
          balloonedIn[row] -= pages;
          bothIn[row] += both(first, end) - before;
          leaves(row, pages);
        });
  }

  private void leaves(int row, long pages) {
    leavingIn[row] += pages;
    leaving += pages;
    deflating.merge(row, pages, Long::sum);
  }

  /** Notes that the message has been read as a whole; one of the same number is over. */
  void deflateEnd(long message) {
    acknowledged(message);
    leavingOf.put(message, deflating);
    deflating = new HashMap<>();
  }

  void acknowledged(long message) {
    Map<Integer, Long> pagesByRow = leavingOf.remove(message);
    if (pagesByRow != null) {
      pagesByRow.forEach(
          (row, pages) -> {
            leavingIn[row] -= pages;
            leaving -= pages;
          });
    }
  }

  void mapped(long firstPage, long endPage) {
    rows.parts(
        firstPage,
        endPage,
        (row, first, end) -> {
          bothIn[row] += ballooned.pagesIn(first, end) - both(first, end);
          mappedIn[row] += mapped.inflate(first, end, false);
        });
  }

  /** Notes that a reset took effect: the balloon is empty, no message is with the device. */
  void reset() {
    ballooned.clear();
    leavingOf.clear();
    deflating = new HashMap<>();
    leaving = 0;
    Arrays.fill(balloonedIn, 0);
    Arrays.fill(bothIn, 0);
    Arrays.fill(leavingIn, 0);
  }

  /** Counts the pages of a range that are ballooned and mapped. Mapped ranges are few. */
  private long both(long firstPage, long endPage) {
    long pages = 0;
    long first = mapped.nextBallooned(firstPage);
    while (first != BalloonTracker.NONE && first < endPage) {
      long end = Math.min(endPage, mapped.nextNotBallooned(first));
      pages += ballooned.pagesIn(first, end);
      first = mapped.nextBallooned(end);
    }
    return pages;
  }

  MemorySample sample() {
    return new MemorySample(
        Pages.toBytes(mapped.pages()),
        Pages.toBytes(ballooned.pages()),
        Pages.toBytes(leaving),
        column());
  }

  /** Writes the rows' states from the lowest address up, each with how often it is repeated. */
  private String column() {
    var column = new StringBuilder();
    int row = 0;
    while (row < rows.count()) {
      RowState state = state(row);
      int first = row;
      while (row < rows.count() && state(row) == state) {
        row++;
      }
      column.append(state.letter()).append(row - first);
    }
    return column.toString();
  }

  private RowState state(int row) {
    return RowState.of(
        rows.pages(row), balloonedIn[row], mappedIn[row], bothIn[row], leavingIn[row]);
  }
}
