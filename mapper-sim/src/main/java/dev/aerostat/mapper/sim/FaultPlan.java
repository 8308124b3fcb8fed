package dev.aerostat.mapper.sim;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** Counts a host's calls and fails those that were ordered to. Safe for use by any thread. */
final class FaultPlan {
  private final List<Pending> orders;
  private final Map<HostOperation, Long> calls = new EnumMap<>(HostOperation.class);

  FaultPlan(List<FaultOrder> orders) {
    this.orders = orders.stream().map(Pending::new).toList();
  }

  synchronized long calls(HostOperation operation) {
    return calls.getOrDefault(operation, 0L);
  }

  /** Counts a call, and refuses it if an order says so. */
  void admit(HostOperation operation, long start, long bytes, Predicate<GuestRange> touches)
      throws HostRefusedException {
    if (strikes(operation, touches)) {
      throw refusal(operation, start, bytes);
    }
  }

  /** Asks every order, also after one has struck: each counts for itself. */
  private synchronized boolean strikes(HostOperation operation, Predicate<GuestRange> touches) {
    long call = calls.merge(operation, 1L, Long::sum);
    boolean strikes = false;
    for (Pending order : orders) {
      strikes |= order.strikes(operation, call, touches);
    }
    return strikes;
  }

  private static HostRefusedException refusal(HostOperation operation, long start, long bytes) {
    boolean allocates = operation == HostOperation.MAP || operation == HostOperation.POPULATE;
    return new HostRefusedException(
        operation,
        start,
        bytes,
        allocates ? Errno.ENOMEM : Errno.EBUSY,
        allocates
            ? new RefusalCause.OutOfMemory()
            : new RefusalCause.Other("the simulated host was ordered to fail"),
        HostRefusedException.State.UNCHANGED);
  }

  private static final class Pending {
    private final FaultOrder order;
    private final SplittableRandom random;
    private long left;

    private Pending(FaultOrder order) {
      this.order = order;
      this.random =
          new SplittableRandom(order.trigger() instanceof FaultOrder.AtRate rate ? rate.seed() : 0);
      this.left = order.times();
    }

    private boolean strikes(HostOperation operation, long call, Predicate<GuestRange> touches) {
      if (operation != order.operation() || left == 0 || !triggered(call, touches)) {
        return false;
      }
      left--;
      return true;
    }

    private boolean triggered(long call, Predicate<GuestRange> touches) {
      return switch (order.trigger()) {
        case FaultOrder.FromCall(long first) -> call >= first;
        case FaultOrder.AtRate(double probability, _) -> random.nextDouble() < probability;
        case FaultOrder.Touching(GuestRange range) -> touches.test(range);
      };
    }
  }
}
