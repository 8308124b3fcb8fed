package dev.aerostat.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Throttle;

/** A mistake. A guest may make them without end. */
@Name("dev.aerostat.GuestMistake")
@Label("Guest Mistake")
@Description("The guest's driver broke a rule of virtio or of the balloon")
@Throttle("100/s")
final class GuestMistakeEvent extends EngineEvent {
  @Label("Mistake")
  String mistake = "";

  @Label("Needs Reset")
  @Description("Whether only a reset helps")
  boolean needsReset;
}
