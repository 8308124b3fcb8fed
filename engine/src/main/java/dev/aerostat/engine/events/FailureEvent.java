package dev.aerostat.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** An engine failed. */
@Name("dev.aerostat.Failure")
@Label("Failure")
@Description("An engine failed: its gate closes, and nothing is mapped or unmapped any more")
final class FailureEvent extends EngineEvent {
  @Label("Cause")
  String cause = "";
}
