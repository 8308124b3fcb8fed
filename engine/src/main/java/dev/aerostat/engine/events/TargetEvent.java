package dev.aerostat.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A new target. At most one in 5 ms. */
@Name("dev.aerostat.Target")
@Label("Target")
@Description("The guest was asked for a balloon of another size")
final class TargetEvent extends EngineEvent {
  @Label("Size")
  @DataAmount
  long bytes;
}
