package dev.aerostat.guest.sim;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Where the guest's balloonable pages are: free, in the balloon, or in the one message that is
 * under way. Kept as runs: kilobytes with one CPU, a run a block of 4 MiB with several (megabytes
 * at 384 GiB). Counts are balloon pages unless they say otherwise.
 */
final class GuestPages {
  private final BalloonPage page;
  private final long total;
  private final FreePages free;
  private final BalloonStack balloon = new BalloonStack();
  private final RunList message = new RunList();

  GuestPages(KernelReserve reserve, BalloonPage page, int cpus) {
    List<PageZone> zones = reserve.zones(page);
    this.page = page;
    this.total = zones.stream().mapToLong(zone -> zone.end() - zone.first()).sum();
    this.free = new FreePages(new BootOrder(zones, page, cpus), total);
  }

  BalloonPage page() {
    return page;
  }

  boolean anyBallooned() {
    return balloon.count() > 0;
  }

  /** Moves up to {@code wanted} free pages into the message, and returns how many. */
  int allocate(int wanted) {
    free.take(wanted, message);
    return message.total();
  }

  /** Moves up to {@code wanted} pages from the top of the balloon into the message. */
  void takeBack(int wanted) {
    balloon.pop(wanted, message);
  }

  /** Moves one page from anywhere in the balloon but its top, the newest, into the message. */
  void takeBackOld(RandomGenerator random) {
    message.add(balloon.remove(random.nextLong(balloon.count() - 1)), 1);
  }

  int messagePages() {
    return message.total();
  }

  /** Names the pages of an inflate in the reverse of the order of allocation. */
  void nameInflate(BalloonDriver driver) {
    for (int run = message.size() - 1; run >= 0; run--) {
      long last = message.start(run) + message.count(run) - 1;
      driver.append(BalloonQueue.INFLATE, last << page.shift(), message.count(run), -page.pages());
    }
  }

  /** Names the pages of a deflate in the order in which they left the balloon. */
  void nameDeflate(BalloonDriver driver) {
    for (int run = 0; run < message.size(); run++) {
      driver.append(
          BalloonQueue.DEFLATE,
          message.start(run) << page.shift(),
          message.count(run),
          page.pages());
    }
  }

  /** The message's pages are in the balloon now. */
  void inflated() {
    for (int run = message.size() - 1; run >= 0; run--) {
      balloon.push(message.start(run), message.count(run));
    }
    message.clear();
  }

  /** The message's pages are free now. */
  void deflated() {
    for (int run = 0; run < message.size(); run++) {
      free.give(message.start(run), message.count(run));
    }
    message.clear();
  }

  /** All of them, in 4 KiB units, as are the next three. */
  long totalPages() {
    return total << page.shift();
  }

  long freePages() {
    return free.count() << page.shift();
  }

  long balloonedPages() {
    return balloon.count() << page.shift();
  }

  long inFlightPages() {
    return (long) message.total() << page.shift();
  }
}
