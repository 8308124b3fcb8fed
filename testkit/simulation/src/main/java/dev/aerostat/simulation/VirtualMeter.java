package dev.aerostat.simulation;

import dev.aerostat.mapper.spi.CostMeter;

/** Notes down what a simulated host's operation costs, for the virtual clock to pass. */
final class VirtualMeter implements CostMeter {
  private long nanos;

  @Override
  public void spend(long cost) {
    nanos += cost;
  }

  /** Returns what was spent since the last {@link #reset}. */
  long spent() {
    return nanos;
  }

  void reset() {
    nanos = 0;
  }
}
