package dev.aerostat.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** An engine has ended. */
@Name("dev.aerostat.Close")
@Label("Close")
@Description("An engine has ended")
final class CloseEvent extends EngineEvent {}
