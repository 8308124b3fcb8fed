package dev.aerostat.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Throttle;
import jdk.jfr.Timespan;

/** A deflate message that waited. A guest decides how many there are. */
@Name("dev.aerostat.DeflateWait")
@Label("Deflate Wait")
@Description("A deflate message was read whole and not acknowledged before its pages were mapped")
@Throttle("10000/s")
final class DeflateWaitEvent extends EngineEvent {
  @Label("Size")
  @Description("All pages that the message names, mapped or not")
  @DataAmount
  long bytes;

  @Label("Time Taken")
  @Description("How long it took on the engine's own clock; in a simulation that is virtual time")
  @Timespan(Timespan.NANOSECONDS)
  long took;
}
