package dev.aerostat.cli.options;

import java.util.Locale;

/** How a guest comes to its device, whose memory is not mapped yet. */
public enum GatePolicy {
  /** The device is plugged once it may do DMA. */
  PLUG,

  /** The device is there from the start, and a driver that asks for DMA waits. */
  HOLD,

  /** The guest waits until all memory is mapped. */
  SYNC;

  /** {@inheritDoc} As the user writes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
