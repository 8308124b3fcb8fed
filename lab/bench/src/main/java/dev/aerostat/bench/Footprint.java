package dev.aerostat.bench;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.ResetPolicy;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.tracker.IntervalTreeTracker;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a booted guest holds of the Java heap: everything mapped, the balloon empty. Many guests in
 * one JVM share one memory, of which they touch little.
 */
public final class Footprint {
  private static final int GUESTS = 1_000;
  private static final int WITH_THREADS = 10;
  private static final long GIB = 384;

  private Footprint() {}

  /**
   * Prints what one of many guests holds.
   *
   * @param arguments how many guests, {@value #GUESTS} if there is no argument; how many of them
   *     with threads of their own, {@value #WITH_THREADS}; GiB of a guest, {@value #GIB}
   * @throws IOException if guest memory cannot be laid out
   */
  public static void main(String[] arguments) throws IOException {
    int guests = arguments.length > 0 ? Integer.parseInt(arguments[0]) : GUESTS;
    int withThreads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : WITH_THREADS;
    long bytes = (arguments.length > 2 ? Long.parseLong(arguments[2]) : GIB) * UntouchedGuests.GIB;
    print(System.out, guests, "state machine, tracker, device", unthreaded(guests, bytes));
    print(System.out, withThreads, "with its threads", threaded(withThreads, bytes));
  }

  private static void print(PrintStream out, int guests, String what, long bytes) {
    out.printf(Locale.ROOT, "%s, each of %d guests: %.1f KiB%n", what, guests, bytes / 1024.0);
  }

  /** Returns what each of several guests holds of a state machine, a tracker and a device. */
  static long unthreaded(int guests, long bytes) throws IOException {
    try (SparseMemory memory = SparseMemory.allocate(UntouchedGuests.q35(bytes))) {
      List<Object> booted = new ArrayList<>(boot(memory.guestMemory()));
      try {
        long before = HeldBytes.inUse();
        for (int i = 0; i < guests; i++) {
          booted.addAll(boot(memory.guestMemory()));
        }
        return (HeldBytes.inUse() - before) / guests;
      } finally {
        Reference.reachabilityFence(booted);
      }
    }
  }

  private static List<Object> boot(GuestMemory memory) {
    var granules = Granules.of(memory, UntouchedGuests.GRANULE_BYTES);
    var driver = new BenchDriver(memory);
    BalloonTracker tracker = new IntervalTreeTracker(granules);
    var host = new MappedHost(driver.device::acknowledge);
    var core = new EngineCore(granules, tracker, settings(), host);
    core.inflated(memory.endPage() - Messages.FULL, memory.endPage(), true);
    core.inflateMessageEnd(Messages.FULL);
    host.start(core);
    core.deflateBegin(0);
    core.deflated(0, memory.endPage() - Messages.FULL, memory.endPage());
    core.turnEnded();
    return List.of(driver, core);
  }

  private static CoreSettings settings() {
    return new CoreSettings(
        true,
        true,
        0,
        1,
        false,
        UntouchedGuests.GRANULE_BYTES >> 12,
        MapFailurePolicy.HOLD,
        EarlyDmaPolicy.HOLD,
        ResetPolicy.HOLD_STATUS);
  }

  /** Returns what each of several guests holds that have booted with threads of their own. */
  static long threaded(int guests, long bytes) throws IOException {
    List<FootprintGuest> booted = new ArrayList<>();
    try (SparseMemory memory = SparseMemory.allocate(UntouchedGuests.q35(bytes))) {
      try {
        booted.add(FootprintGuest.boot(memory.guestMemory()));
        long before = HeldBytes.inUse();
        for (int i = 0; i < guests; i++) {
          booted.add(FootprintGuest.boot(memory.guestMemory()));
        }
        return (HeldBytes.inUse() - before) / guests;
      } finally {
        booted.forEach(FootprintGuest::close);
      }
    }
  }
}
