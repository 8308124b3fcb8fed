package dev.aerostat.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** An engine starts. */
@Name("dev.aerostat.Start")
@Label("Start")
@Description("An engine starts to map a guest's memory")
final class StartEvent extends EngineEvent {
  @Label("Memory")
  @DataAmount
  long memoryBytes;

  @Label("Granules")
  @Description("Mappings that memory is divided into")
  int granules;

  @Label("Virtual Time")
  @Description("Whether the engine's clock is a simulation's")
  boolean simulated;
}
