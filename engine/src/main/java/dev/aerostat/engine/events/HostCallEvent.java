package dev.aerostat.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Timespan;

/** A call to the host. Its thread is the worker. */
abstract class HostCallEvent extends EngineEvent {
  @Label("Guest Address")
  @Description("Guest-physical address of the first byte, which is its I/O virtual address too")
  @MemoryAddress
  long address;

  @Label("Size")
  @DataAmount
  long bytes;

  @Label("Time Taken")
  @Description("How long it took on the engine's own clock; in a simulation that is virtual time")
  @Timespan(Timespan.NANOSECONDS)
  long took;

  @Label("Refused")
  @Description("Whether the host refused, or the mapper broke its contract")
  boolean refused;
}
