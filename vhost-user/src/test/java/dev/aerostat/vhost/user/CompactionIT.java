package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EngineCounters;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The guest's kernel moves pages of the balloon to make room for large blocks. */
final class CompactionIT extends RealDriver {
  private static final int ROUNDS = 20;

  /** Small files with gaps between them leave free memory in pieces. */
  private static final String FRAGMENT =
      "for i in $(seq 200); do dd if=/dev/zero of=/tmp/f$i bs=64k count=1 2>/dev/null; done; "
          + "for i in $(seq 1 2 200); do rm /tmp/f$i; done";

  private static final String COMPACT = "echo 1 > /proc/sys/vm/compact_memory";

  @Test
  void eachPageThatMovesIsAnInflateAndADeflateOfOnePage() throws Exception {
    try (var machine = Machine.start(ServedSetup.target(100))) {
      machine.settle(100);
      machine.agree(100);
      GuestCounters before = machine.guest().counters();
      EngineCounters told = machine.balloon().dma().counters();
      for (int round = 0; round < ROUNDS && moved(machine, before) == 0; round++) {
        List<String> _ = machine.guest().run(FRAGMENT);
        List<String> _ = machine.guest().run(COMPACT);
      }
      machine.agree(100);
      long moved = moved(machine, before);
      assertTrue(moved > 0, "compaction moved nothing");
      EngineCounters now = machine.balloon().dma().counters();
      assertEquals(moved, now.inflateMessages() - told.inflateMessages());
      assertEquals(moved, now.inflatePages() - told.inflatePages());
      assertEquals(moved, now.deflateMessages() - told.deflateMessages());
      assertEquals(moved, now.deflatePages() - told.deflatePages());
      System.out.println("compaction moved " + moved + " pages");
      machine.target(0);
      machine.settle(0);
      machine.agree(0);
    }
  }

  private static long moved(Machine machine, GuestCounters before) {
    return machine.guest().counters().migrate() - before.migrate();
  }
}
