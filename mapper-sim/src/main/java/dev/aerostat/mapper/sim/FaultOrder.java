package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostOperation;

/**
 * An order to fail. Immutable.
 *
 * <p>A call that is made to fail has no effect. A map or a populate fails with {@code ENOMEM} (the
 * host is out of memory), an unmap or a discard with {@code EBUSY}.
 *
 * @param operation which calls it counts and fails
 * @param trigger which of them it fails
 * @param times how many calls it fails at most, 1 or more; {@link #FOREVER} for no end
 */
public record FaultOrder(HostOperation operation, Trigger trigger, long times) {
  /** Stands for no end. */
  public static final long FOREVER = Long.MAX_VALUE;

  /**
   * Checks the order.
   *
   * @throws IllegalArgumentException if {@code times} is less than 1
   */
  public FaultOrder {
    if (times < 1) {
      throw new IllegalArgumentException("times must be 1 or more: " + times);
    }
  }

  /** Which calls an order fails. */
  public sealed interface Trigger {}

  /**
   * From one call on.
   *
   * @param call the first to fail, counted from 1
   */
  public record FromCall(long call) implements Trigger {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if {@code call} is less than 1
     */
    public FromCall {
      if (call < 1) {
        throw new IllegalArgumentException("calls count from 1, not " + call);
      }
    }
  }

  /**
   * A share of all calls, by chance; the same seed fails the same calls.
   *
   * @param probability 0 to 1
   * @param seed of the random numbers
   */
  public record AtRate(double probability, long seed) implements Trigger {
    /**
     * Checks the probability.
     *
     * @throws IllegalArgumentException if it is not in 0 to 1
     */
    public AtRate {
      if (!(probability >= 0 && probability <= 1)) {
        throw new IllegalArgumentException("a rate lies in 0 to 1, unlike " + probability);
      }
    }
  }

  /**
   * Calls that touch a piece of guest memory.
   *
   * @param range guest-physical addresses; for a map or an unmap, the I/O virtual ones
   */
  public record Touching(GuestRange range) implements Trigger {}
}
