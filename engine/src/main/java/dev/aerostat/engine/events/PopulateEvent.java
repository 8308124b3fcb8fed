package dev.aerostat.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A populate call. */
@Name("dev.aerostat.Populate")
@Label("Populate")
@Description("A slice of a granule was allocated and zeroed")
final class PopulateEvent extends HostCallEvent {}
