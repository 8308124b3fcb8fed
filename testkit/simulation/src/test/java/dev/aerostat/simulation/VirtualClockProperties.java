package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class VirtualClockProperties {
  private record Event(long time, int ticket) {}

  @Property
  void eventsHappenInOrderOfTimeAndFirstComeFirstServed(
      @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 20) Integer> delays) {
    var clock = new VirtualClock();
    var expected = new ArrayList<Event>();
    var happened = new ArrayList<Event>();
    for (int i = 0; i < delays.size(); i++) {
      var event = new Event(delays.get(i), i);
      expected.add(event);
      clock.after(event.time, () -> happened.add(new Event(clock.now(), event.ticket)));
    }
    expected.sort(Comparator.comparingLong(Event::time));
    assertEquals(delays.size(), clock.runUntilIdle());
    assertEquals(expected, happened);
  }

  @Property
  void eventsThatAskForMoreKeepTheOrder(
      @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 0, max = 5) Integer> delays) {
    var clock = new VirtualClock();
    var pending = new ArrayList<Event>();
    var happened = new ArrayList<Event>();
    var asked = new int[1];
    Runnable ask =
        new Runnable() {
          @Override
          public void run() {
            for (int i = 0; i < 2 && asked[0] < delays.size(); i++) {
              var event = new Event(clock.now() + delays.get(asked[0]), asked[0]++);
              pending.add(event);
              clock.after(
                  event.time - clock.now(),
                  () -> {
                    happened.add(event);
                    var next =
                        pending.stream()
                            .min(
                                Comparator.comparingLong(Event::time)
                                    .thenComparingInt(Event::ticket))
                            .orElseThrow();
                    assertEquals(next, event);
                    assertEquals(event.time, clock.now());
                    pending.remove(event);
                    run();
                  });
            }
          }
        };
    ask.run();
    var _ = clock.runUntilIdle();
    assertEquals(delays.size(), happened.size());
    assertEquals(0, clock.pending());
  }

  @Example
  void withoutEventsTimeStandsStill() {
    var clock = new VirtualClock();
    assertFalse(clock.step());
    assertEquals(0, clock.now());
  }

  @Example
  void nothingHappensInThePastOrAfterTheEndOfTime() {
    var clock = new VirtualClock();
    assertThrows(IllegalArgumentException.class, () -> clock.after(-1, () -> {}));
    clock.after(5, () -> {});
    var _ = clock.step();
    assertThrows(ArithmeticException.class, () -> clock.after(Long.MAX_VALUE, () -> {}));
  }

  @Example
  void whatIsDueWhileAnActionLetsTimePassHappensInBetween() {
    var clock = new VirtualClock();
    List<String> happened = new ArrayList<>();
    clock.after(
        10,
        () -> {
          clock.after(5, () -> happened.add("within at " + clock.now()));
          clock.after(21, () -> happened.add("after at " + clock.now()));
          clock.pass(20);
          happened.add("passed at " + clock.now());
        });
    clock.after(30, () -> happened.add("last within at " + clock.now()));

    long _ = clock.runUntilIdle();

    assertEquals(
        List.of("within at 15", "last within at 30", "passed at 30", "after at 31"), happened);
    assertThrows(IllegalArgumentException.class, () -> clock.pass(-1));
  }
}
