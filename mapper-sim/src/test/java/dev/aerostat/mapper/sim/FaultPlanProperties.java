package dev.aerostat.mapper.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.sim.FaultOrder.AtRate;
import dev.aerostat.mapper.sim.FaultOrder.FromCall;
import dev.aerostat.mapper.sim.FaultOrder.Touching;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;

final class FaultPlanProperties {
  private static final long PAGE = UntouchedGuest.PAGE;
  private static final long CALLS = 60;

  @Property
  void exactlyTheOrderedCallsFail(
      @ForAll @LongRange(min = 1, max = 70) long nth,
      @ForAll @LongRange(min = 1, max = 9) long times) {
    var plan = plan(new FaultOrder(HostOperation.MAP, new FromCall(nth), times));
    assertEquals(
        LongStream.range(nth, nth + times).filter(call -> call <= CALLS).boxed().toList(),
        failures(plan, HostOperation.MAP));
    assertEquals(List.of(), failures(plan, HostOperation.UNMAP));
    assertEquals(CALLS, plan.calls(HostOperation.MAP));
  }

  @Property
  void theSameSeedFailsTheSameCalls(@ForAll @DoubleRange(max = 1) double rate, @ForAll long seed) {
    var order = new FaultOrder(HostOperation.MAP, new AtRate(rate, seed), FaultOrder.FOREVER);
    assertEquals(
        failures(plan(order), HostOperation.MAP), failures(plan(order), HostOperation.MAP));
  }

  @Example
  void aRateIsKeptInTheLongRun() {
    var plan = plan(new FaultOrder(HostOperation.MAP, new AtRate(0.25, 7), FaultOrder.FOREVER));
    int failed = 0;
    for (int i = 0; i < 1000; i++) {
      failed += failures(plan, HostOperation.MAP).size();
    }
    assertEquals(0.25, failed / (1000.0 * CALLS), 0.01);
  }

  @Example
  void neverAndAlwaysAreRatesToo() {
    var never = new FaultOrder(HostOperation.MAP, new AtRate(0, 1), FaultOrder.FOREVER);
    var always = new FaultOrder(HostOperation.MAP, new AtRate(1, 1), FaultOrder.FOREVER);
    assertEquals(0, failures(plan(never), HostOperation.MAP).size());
    assertEquals(CALLS, failures(plan(always), HostOperation.MAP).size());
  }

  /** A populate names host addresses, an order guest addresses. */
  @Property
  void anOrderForARangeFailsWhatTouchesIt(
      @ForAll @LongRange(max = 63) long firstPage,
      @ForAll @LongRange(min = 1, max = 8) long pages) {
    var range = new GuestRange(20 * PAGE, 30 * PAGE);
    var host = SimulatedHost.typical();
    for (HostOperation operation : HostOperation.values()) {
      host = host.withFault(new FaultOrder(operation, new Touching(range), FaultOrder.FOREVER));
    }
    boolean touches = firstPage < 30 && firstPage + pages > 20;
    try (var guest = new UntouchedGuest(80 * PAGE);
        var mapper = guest.open(host)) {
      long start = firstPage * PAGE;
      long bytes = pages * PAGE;
      var memory = mapper.hostMemory();
      assertFails(touches, () -> memory.populate(guest.at(start), bytes));
      assertEquals(touches ? 0 : bytes, memory.populatedBytes());
      assertFails(touches, () -> mapper.map(UntouchedGuest.iova(start, bytes), guest.at(start)));
      assertEquals(touches ? 0 : 1, mapper.liveMappings());
      assertFails(touches, () -> mapper.unmap(UntouchedGuest.iova(start, bytes)));
      assertFails(touches, () -> memory.discard(guest.at(start), bytes));
    }
  }

  @Example
  void anOrderedFaultLeavesNothingBehindAndTheNextCallWorks() throws HostRefusedException {
    var order = new FaultOrder(HostOperation.MAP, new FromCall(1), 1);
    try (var guest = new UntouchedGuest(PAGE);
        var mapper = guest.open(SimulatedHost.typical().withFault(order))) {
      var iova = UntouchedGuest.iova(0, PAGE);
      var refusal = assertThrows(HostRefusedException.class, () -> mapper.map(iova, guest.at(0)));
      assertEquals(Errno.ENOMEM, refusal.errno());
      assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
      assertEquals(0, mapper.hostMemory().populatedBytes());
      mapper.map(iova, guest.at(0));
      assertEquals(1, mapper.liveMappings());
    }
  }

  private static void assertFails(boolean expected, HostCall call) {
    boolean failed = false;
    try {
      call.make();
    } catch (HostRefusedException refusal) {
      failed = true;
    }
    assertTrue(expected == failed, () -> expected ? "should have failed" : "should have worked");
  }

  private static FaultPlan plan(FaultOrder order) {
    return new FaultPlan(List.of(order));
  }

  private static List<Long> failures(FaultPlan plan, HostOperation operation) {
    var failed = new ArrayList<Long>();
    for (long call = 1; call <= CALLS; call++) {
      try {
        plan.admit(operation, 0, PAGE, _ -> false);
      } catch (HostRefusedException refusal) {
        failed.add(call);
      }
    }
    return failed;
  }

  private interface HostCall {
    void make() throws HostRefusedException;
  }
}
