package dev.aerostat.testkit;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** A guest whose memory lies in a way that trackers find hard. */
record TrackedGuest(String name, long granuleBytes, List<GuestRange> ranges) {
  /** In {@link #TOUCHING}, a page where two regions touch. */
  static final long SEAM = 65_539;

  /** In {@link #PC}, the first page of the hole. */
  static final long HOLE = 3L << 18;

  private static final long MIB = 1L << 20;

  static final TrackedGuest PC =
      of("RAM from 0 and from 4 GiB", 2 * MIB, range(0, HOLE), range(4L << 18, 7L << 18));

  static final TrackedGuest PC_WITH_LARGE_GRANULES =
      new TrackedGuest("the same with granules of 1 GiB", 1024 * MIB, PC.ranges());

  static final TrackedGuest TOUCHING =
      of(
          "regions that touch at odd places, holes of a page or two",
          4 * MIB,
          range(1, 2),
          range(3, 160),
          range(256, SEAM),
          range(SEAM, 100_003),
          range(100_003, 400_001),
          range(400_002, 400_003));

  static final TrackedGuest SMALL_GRANULES =
      of("a granule a page", Pages.SIZE, range(0, 9000), range(9000, 9003), range(9005, 16_384));

  private static final TrackedGuest ONE_PAGE = of("one page of RAM", 2 * MIB, range(77, 78));

  private static final TrackedGuest ROUND =
      of("a power of two of everything", 16 * MIB, range(0, 1L << 18));

  private static final TrackedGuest FAR =
      of(
          "as far as a PFN reaches, terabytes of nothing between",
          64 * MIB,
          range(0, 9000),
          range((5L << 28) - 700, (5L << 28) + 5000),
          range(Pages.LIMIT - (3L << 18), Pages.LIMIT));

  static final TrackedGuest TWELVE_REGIONS = withRegions(12);

  static final List<TrackedGuest> ALL =
      List.of(
          PC,
          PC_WITH_LARGE_GRANULES,
          TOUCHING,
          SMALL_GRANULES,
          ONE_PAGE,
          ROUND,
          FAR,
          TWELVE_REGIONS);

  /** More regions than a byte counts. */
  static final TrackedGuest MANY_REGIONS = withRegions(300);

  static final TrackedGuest LARGE =
      of(
          "400 GiB of RAM",
          2 * MIB,
          range(0, HOLE),
          range(4L << 18, (100L << 18) + 5),
          range((100L << 18) + 5, 400L << 18));

  /** Every page that a PFN can name, more than an int counts, signed or not. */
  static final TrackedGuest ALL_PFNS =
      new TrackedGuest(
          "16 TiB of RAM",
          1024 * MIB,
          LongStream.range(0, 16).mapToObj(tib -> range(tib << 28, (tib + 1) << 28)).toList());

  static final TrackedGuest SMALL = of("16 MiB of RAM", 2 * MIB, range(0, 16 * MIB / Pages.SIZE));

  /** Regions of 700 pages, of which every third touches the next. */
  private static TrackedGuest withRegions(int count) {
    var ranges = new ArrayList<GuestRange>();
    long first = 3;
    for (int i = 0; i < count; i++) {
      ranges.add(range(first, first + 700));
      first += i % 3 == 0 ? 700 : 1000;
    }
    return new TrackedGuest(count + " regions", MIB, List.copyOf(ranges));
  }

  private static TrackedGuest of(String name, long granuleBytes, GuestRange... ranges) {
    return new TrackedGuest(name, granuleBytes, List.of(ranges));
  }

  private static GuestRange range(long firstPage, long endPage) {
    return GuestRange.ofPages(firstPage, endPage);
  }

  /** Where messages may lie: RAM without holes, each with a few pages to aim at. */
  List<Extent> extents() {
    var extents = new ArrayList<Extent>();
    for (Extent whole : wholeExtents()) {
      extents.add(whole);
      extents.add(whole.aimedAt((whole.first + whole.end) / 2));
      extents.add(whole.aimedAt(Math.max(whole.first, whole.end - 5000)));
    }
    return extents;
  }

  /** RAM without holes, as likely as it is large. */
  Extent anyExtent(Random random) {
    List<Extent> extents = wholeExtents();
    long pages = extents.stream().mapToLong(extent -> extent.end - extent.first).sum();
    long page = random.nextLong(pages);
    for (Extent extent : extents) {
      page -= extent.end - extent.first;
      if (page < 0) {
        return extent;
      }
    }
    throw new IllegalStateException("expected an extent for each page of " + this);
  }

  private List<Extent> wholeExtents() {
    var extents = new ArrayList<Extent>();
    for (GuestRange range : ranges) {
      boolean touches = !extents.isEmpty() && extents.getLast().end == range.firstPage();
      long first = touches ? extents.removeLast().first : range.firstPage();
      extents.add(new Extent(first, range.endPage(), first));
    }
    return extents;
  }

  @Override
  public String toString() {
    return name;
  }

  /** RAM without holes, in pages, and the page to aim at. */
  record Extent(long first, long end, long anchor) {
    Extent aimedAt(long page) {
      return new Extent(first, end, page);
    }

    /** Moves a page that may end a range into the extent. */
    long clip(long page) {
      return Math.clamp(page, first, end);
    }

    /** Moves a page that may begin a range into the extent. */
    long clipFirst(long page) {
      return Math.clamp(page, first, end - 1);
    }
  }
}
