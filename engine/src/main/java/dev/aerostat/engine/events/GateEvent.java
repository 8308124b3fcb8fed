package dev.aerostat.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** The gate has moved. */
@Name("dev.aerostat.Gate")
@Label("Gate")
@Description("The gate has opened, so that the device may do DMA, or has closed")
final class GateEvent extends EngineEvent {
  @Label("Open")
  boolean open;

  @Label("Mapped")
  @DataAmount
  long mappedBytes;

  @Label("Ballooned")
  @DataAmount
  long balloonedBytes;

  @Label("Unplugged")
  @Description("What a virtio-mem device has and the guest has not plugged")
  @DataAmount
  long unpluggedBytes;
}
