package dev.aerostat.vmm.command;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.vmm.MachineSettings;
import dev.aerostat.vmm.Timeline;
import dev.aerostat.vmm.bus.GuestEnd;

/**
 * What came of a run. Immutable, but for the timeline, to which nothing is added any more.
 *
 * @param settings what was run
 * @param mapper who mapped
 * @param timeline what happened when
 * @param engine what the engine counted
 * @param balloon what the balloon device counted
 * @param end how the guest ended
 */
record TimelineReport(
    MachineSettings settings,
    String mapper,
    Timeline timeline,
    EngineCounters engine,
    BalloonCounters balloon,
    GuestEnd end) {}
