package dev.aerostat.guest.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BalloonStackProperties {
  private final BalloonStack stack = new BalloonStack();
  private final List<Long> model = new ArrayList<>();
  private long next = 1000;

  @Property
  void popsInTheReverseOfTheOrderOfNamingWhateverWasRemovedFromTheMiddle(
      @ForAll Random random, @ForAll @IntRange(min = 1, max = 60) int steps) {
    for (int i = 0; i < steps; i++) {
      switch (random.nextInt(4)) {
        case 0, 1 -> push(1 + random.nextInt(8), random.nextInt(3));
        case 2 -> pop(1 + random.nextInt(12));
        default -> removeAny(random);
      }
      assertEquals(model.size(), stack.count());
    }
    pop(model.size());
    assertEquals(0, stack.entries());
  }

  @Example
  void aBootsInflateIsOneEntry() {
    for (int i = 0; i < 1000; i++) {
      stack.push(256L * i, 256);
    }
    assertEquals(1, stack.entries());
  }

  private void push(int run, int gap) {
    long start = next + gap;
    next = start + run;
    stack.push(start, run);
    for (long page = start + run - 1; page >= start; page--) {
      model.add(page);
    }
  }

  private void pop(int wanted) {
    var popped = new RunList();
    stack.pop(wanted, popped);
    for (int run = 0; run < popped.size(); run++) {
      for (int i = 0; i < popped.count(run); i++) {
        assertEquals(model.removeLast(), popped.start(run) + i);
      }
    }
    assertTrue(popped.total() == wanted || model.isEmpty());
  }

  private void removeAny(Random random) {
    if (!model.isEmpty()) {
      assertTrue(model.remove(stack.remove(random.nextInt(model.size()))));
    }
  }
}
