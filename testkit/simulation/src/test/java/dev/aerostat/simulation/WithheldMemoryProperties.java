package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.observer.Check;
import dev.aerostat.observer.Violation;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A hostile guest withholds and takes memory by both devices of one engine, and the observer sees
 * no rule broken. So many steps in all as {@code -Daerostat.steps} says, a million unless it does.
 */
class WithheldMemoryProperties {
  private static final int TRIES = 250;
  private static final int STEPS = Integer.getInteger("aerostat.steps", 1_000_000) / TRIES;

  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  void noGuestBreaksARule(@ForAll long seed) throws IOException {
    Outcome outcome = run(seed, STEPS, false);
    assertEquals(List.of(), outcome.violations());
  }

  /** An engine that acknowledges what is not mapped, and a guest that does get memory. */
  @Example
  void anEngineThatPlugsAtOnceIsCaught() throws IOException {
    Set<Check> seen = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      run(seed, 1_000, true).violations().forEach(violation -> seen.add(violation.check()));
    }
    assertTrue(seen.contains(Check.PLUG_BEFORE_MAP), seen.toString());
  }

  @Example
  void theGuestDoesPlugAndUnplug() throws IOException {
    long plugs = 0;
    long unplugs = 0;
    for (long seed = 0; seed < 20; seed++) {
      Outcome outcome = run(seed, 4_000, false);
      plugs += outcome.plugs();
      unplugs += outcome.unplugs();
    }
    assertTrue(plugs > 500 && unplugs > 500, plugs + " plugs, " + unplugs + " unplugs");
  }

  private static void walk(WithholdingWorld world, HostileGuest guest, int steps) {
    for (int i = 0; i < steps; i++) {
      if (world.random.nextBoolean()) {
        guest.step();
      } else {
        world.step();
      }
    }
    guest.goOn();
    world.settle();
    guest.forget();
    var _ = world.observer.finish();
    world.close();
  }

  private record Outcome(List<Violation> violations, long plugs, long unplugs) {}

  private static Outcome run(long seed, int steps, boolean plugsAtOnce) throws IOException {
    var random = new SplittableRandom(seed);
    try (SparseMemory ram =
        SparseMemory.allocate(
            List.of(
                GuestRange.ofLength(0, WithholdingWorld.BOOT_BYTES), WithholdingWorld.REGION))) {
      var world = new WithholdingWorld(ram.guestMemory(), random, plugsAtOnce);
      var guest = new HostileGuest(world);
      world.start();
      try {
        walk(world, guest, steps);
      } catch (IllegalStateException confused) {
        // The engine's own checks see its books broken, too.
        assertTrue(plugsAtOnce, () -> "an honest engine: " + confused);
      }
      var counters = world.mem.counters();
      return new Outcome(world.observer.firstViolations(), counters.plugs(), counters.unplugs());
    }
  }
}
