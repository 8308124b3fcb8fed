package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Progress;
import dev.aerostat.observer.Accounting;
import java.io.IOException;
import java.util.List;

/** A guest whose driver is loaded, the balloon behind it, and what must hold between the two. */
final class Machine implements AutoCloseable {
  static final int GUEST_MIB = 256;
  static final long MIB = 1 << 20;
  static final long PAGE = 4096;
  static final long MESSAGE_PAGES = 256;

  private final Backend<ObservedBalloon> backend;
  private final LinuxGuest guest;
  private final ObservedBalloon balloon;

  private Machine(Backend<ObservedBalloon> backend, LinuxGuest guest, ObservedBalloon balloon) {
    this.backend = backend;
    this.guest = guest;
    this.balloon = balloon;
  }

  /** Boots a guest and loads its driver; the back end is closed with it. */
  static Machine start(ServedSetup setup) throws Exception {
    return start(setup, LinuxGuest.USER_MODE, GUEST_MIB);
  }

  @SuppressWarnings("MustBeClosedChecker")
  static Machine start(ServedSetup setup, String script, int mebibytes, String... more)
      throws Exception {
    Backend<ObservedBalloon> backend = Backend.observed(setup);
    try {
      return on(backend, script, mebibytes, more);
    } catch (Exception | Error failure) {
      backend.close();
      throw failure;
    }
  }

  private static Machine on(
      Backend<ObservedBalloon> backend, String script, int mebibytes, String... more)
      throws Exception {
    LinuxGuest guest = LinuxGuest.boot(script, backend.socket(), mebibytes, more);
    try {
      return new Machine(backend, guest, load(backend, guest));
    } catch (Exception | Error failure) {
      guest.close();
      throw failure;
    }
  }

  static <B extends HostedBalloon> B load(Backend<B> backend, LinuxGuest guest)
      throws InterruptedException {
    guest.begin("load");
    B balloon = backend.next();
    List<String> _ = guest.end();
    return balloon;
  }

  Backend<ObservedBalloon> backend() {
    return backend;
  }

  LinuxGuest guest() {
    return guest;
  }

  ObservedBalloon balloon() {
    return balloon;
  }

  void target(long mib) {
    balloon.dma().operatorTarget(mib * MIB);
  }

  void settle(long mib) throws InterruptedException {
    Backend.await("a balloon of " + mib + " MiB", () -> isSettled(balloon, mib));
  }

  static boolean isSettled(ObservedBalloon balloon, long mib) {
    Progress now = balloon.dma().progress();
    return now.gateOpen()
        && now.balloonedBytes() == mib * MIB
        && now.targetBytes() == mib * MIB
        && Backend.actual(balloon) == mib * MIB / PAGE;
  }

  /** Guest, device, tracker and observer agree on every page, and no rule was broken. */
  void agree(long mib) {
    long pages = mib * MIB / PAGE;
    GuestCounters before = guest.counters();
    for (int attempt = 0; attempt < 20; attempt++) {
      EngineCounters read = balloon.dma().counters();
      Accounting seen = balloon.accounting();
      GuestCounters after = guest.counters();
      if (before.equals(after)) {
        assertEquals(pages, after.held(), "the guest's balloon");
        assertEquals(pages, seen.balloonedPages(), "the observer's");
        assertEquals(pages, Backend.actual(balloon), "what the driver wrote");
        assertEquals(pages * PAGE, balloon.dma().progress().balloonedBytes(), "the tracker's");
        assertEquals(after.told(), seen.inflate().pages(), "inflated, by guest and observer");
        assertEquals(after.asked(), seen.deflate().pages(), "deflated, by guest and observer");
        assertEquals(after.told(), read.inflatePages(), "inflated, by guest and engine");
        assertEquals(after.asked(), read.deflatePages(), "deflated, by guest and engine");
        assertUnbroken();
        return;
      }
      before = after; // Compaction is at work.
    }
    throw new IllegalStateException("the guest's balloon does not come to rest");
  }

  void assertUnbroken() {
    assertEquals(List.of(), balloon.violations());
    assertTrue(balloon.dma().deviceCounters().mistakes().isEmpty());
  }

  @Override
  public void close() throws IOException {
    guest.close();
    backend.close();
  }
}
