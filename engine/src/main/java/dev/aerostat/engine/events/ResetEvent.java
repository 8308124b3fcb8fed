package dev.aerostat.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Throttle;
import jdk.jfr.Timespan;

/** A reset, from the guest's request until it took effect. A guest may reset without end. */
@Name("dev.aerostat.Reset")
@Label("Reset")
@Description("The guest reset the balloon device: how long that was held")
@Throttle("100/s")
final class ResetEvent extends EngineEvent {
  @Label("Time Taken")
  @Description("How long it took on the engine's own clock; in a simulation that is virtual time")
  @Timespan(Timespan.NANOSECONDS)
  long took;
}
