package dev.aerostat.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Throttle;

/** The guest asked early. It may do so without end. */
@Name("dev.aerostat.DmaWanted")
@Label("DMA Wanted")
@Description("The guest asked for DMA while the gate was closed")
@Throttle("100/s")
final class DmaWantedEvent extends EngineEvent {
  @Label("Policy")
  @Description("What the VMM chose to do then")
  String policy = "";
}
