package dev.aerostat.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Throttle;
import jdk.jfr.Timespan;

/** The host refused. */
@Name("dev.aerostat.Refusal")
@Label("Refusal")
@Description("The host refused to populate, map or unmap; the engine tries again")
@Throttle("1000/s")
final class RefusalEvent extends EngineEvent {
  @Label("Operation")
  String operation = "";

  @Label("Address")
  @Description("I/O virtual for MAP and UNMAP, host address for POPULATE")
  @MemoryAddress
  long address;

  @Label("Size")
  @DataAmount
  long bytes;

  @Label("Cause")
  String cause = "";

  @Label("Error")
  @Description("The error number by its name")
  String errno = "";

  @Label("Attempt")
  @Description("1 for the first refusal of this memory in a row")
  int attempt;

  @Label("Retry After")
  @Timespan(Timespan.NANOSECONDS)
  long retry;
}
