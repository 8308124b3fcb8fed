package dev.aerostat.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A map call. */
@Name("dev.aerostat.Map")
@Label("Map")
@Description("A granule was pinned and entered into the IOMMU")
final class MapEvent extends HostCallEvent {}
