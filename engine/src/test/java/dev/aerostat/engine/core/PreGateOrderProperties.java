package dev.aerostat.engine.core;

import static dev.aerostat.api.BalloonTracker.NONE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The order before the gate opens, beside one that reads the order of inflation each time. */
class PreGateOrderProperties {
  private static final int PAGES = 4;
  private static final int GRANULES = 80;
  private static final int STEPS = 300;

  @Property
  void whatTheGuestDoesMeanwhileIsSeenAtTheNextLook(@ForAll long seed) {
    new Walk(new SplittableRandom(seed)).run();
  }

  /** Inflates, deflates, resets and looks in random order. */
  private static final class Walk {
    private final Granules granules =
        Granules.of(Setup.memory(0, GRANULES * PAGES), Pages.toBytes(PAGES));
    private final BitSetTracker tracker = new BitSetTracker(granules);
    private final PreGateOrder order = new PreGateOrder(granules, tracker);
    private final RereadOrder expected = new RereadOrder(tracker.newestFirst());
    private final BitSet unwanted = new BitSet();
    private final SplittableRandom random;
    private int inflatedLast;

    Walk(SplittableRandom random) {
      this.random = random;
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        int choice = random.nextInt(100);
        if (choice == 0) {
          reset();
        } else if (choice < 10) {
          deflate(again(GRANULES));
        } else if (choice < 60) {
          inflate(again(1 + step * GRANULES / STEPS));
        } else {
          look();
        }
      }
    }

    /** Chooses any granule, or the one inflated last. */
    private int again(int bound) {
      return random.nextInt(4) == 0 ? inflatedLast : random.nextInt(bound);
    }

    private void reset() {
      tracker.clear();
      unwanted.clear();
      order.startOver();
      expected.startOver();
    }

    private void inflate(int granule) {
      long page = granules.firstPage(granule) + random.nextInt(PAGES);
      long _ = tracker.inflate(page, page + 1, true);
      order.inflated(granule);
      inflatedLast = granule;
    }

    private void deflate(int granule) {
      if (tracker.deflate(granules.firstPage(granule), granules.endPage(granule)) > 0) {
        order.deflated();
      }
    }

    private void look() {
      if (random.nextBoolean()) {
        unwanted.set(random.nextInt(GRANULES));
      }
      int next = order.next(granule -> !unwanted.get(granule));
      assertEquals(expected.next(unwanted), next);
      if (next != NONE) {
        unwanted.set(next);
      }
    }
  }

  /** All memory lies below 4 GiB, so a granule's turn is its index. */
  private static final class RereadOrder {
    private static final int LATELY = GRANULES / 16;

    private final List<Integer> newestFirst;
    private int passed;
    private int last;

    RereadOrder(List<Integer> newestFirst) {
      this.newestFirst = newestFirst;
      startOver();
    }

    void startOver() {
      passed = 0;
      last = GRANULES - 1;
    }

    int next(BitSet unwanted) {
      int wanted = unwanted.nextClearBit(passed);
      int end = firstInflatedLately();
      passed = Math.max(passed, Math.min(wanted, end));
      if (wanted < end) {
        return wanted;
      }
      last = unwanted.previousClearBit(last);
      return last;
    }

    private int firstInflatedLately() {
      return newestFirst.size() < LATELY ? 0 : Collections.min(newestFirst.subList(0, LATELY));
    }
  }
}
