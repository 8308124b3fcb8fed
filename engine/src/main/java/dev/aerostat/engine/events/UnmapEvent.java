package dev.aerostat.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** An unmap call. */
@Name("dev.aerostat.Unmap")
@Label("Unmap")
@Description(
    "What a failed map may have left, or at the end everything, was taken out of the IOMMU")
final class UnmapEvent extends HostCallEvent {}
