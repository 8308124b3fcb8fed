package dev.aerostat.engine.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** What all events have: whose they are, and when they began on the engine's own clock. */
@Category("Aerostat")
@StackTrace(false)
abstract class EngineEvent extends Event {
  @Label("Engine")
  @Description("Number of the engine: 1 is the first of this process")
  int engine;

  @Label("Engine Time")
  @Description("When it began, after the engine's start; in a simulation that is virtual time")
  @Timespan(Timespan.NANOSECONDS)
  long at;
}
