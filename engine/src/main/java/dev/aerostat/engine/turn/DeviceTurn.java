package dev.aerostat.engine.turn;

import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.balloon.virtio.device.BalloonEvents;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.mem.virtio.device.MemDevice;
import dev.aerostat.mem.virtio.device.MemEvents;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One turn of reading the devices, as every runner does it: ended early once anybody else waits for
 * the state machine, so that no worker of the host idles because a guest floods.
 */
public final class DeviceTurn {
  /** The most PFNs that are read in one turn (rule 8 of the design). */
  public static final int PFNS = 16_384;

  /**
   * PFNs between two looks at who waits: some 50 µs of work where the guest names pages at random,
   * and a populate of the smallest granule, 2 MiB, takes 420 µs.
   */
  public static final int PFNS_A_LOOK = 256;

  /** The most blocks that requests of a virtio-mem device name in one turn, but for the last. */
  public static final int BLOCKS_A_TURN = 256;

  private final EngineCore core;
  private final BalloonEvents events;
  private final MemEvents memEvents;
  private final BalloonDevice device;
  private final Optional<MemDevice> mem;
  private final BooleanSupplier othersWait;

  /**
   * Creates turns of one engine.
   *
   * @param core is told what the guest said
   * @param device is read
   * @param mem is read, too, if there is one
   * @param othersWait returns whether anything but the device waits: a completion, a timer, another
   *     thread
   */
  public DeviceTurn(
      EngineCore core, BalloonDevice device, Optional<MemDevice> mem, BooleanSupplier othersWait) {
    this(core, core, core, device, mem, othersWait);
  }

  /**
   * Creates turns of one engine, with a listener in between.
   *
   * @param core is told that a turn has ended
   * @param events is told what the guest said, and passes it on to {@code core}
   * @param memEvents the same for the virtio-mem device
   * @param device is read
   * @param mem is read, too, if there is one
   * @param othersWait as above; asked between two reads of {@value #PFNS_A_LOOK} PFNs
   */
  public DeviceTurn(
      EngineCore core,
      BalloonEvents events,
      MemEvents memEvents,
      BalloonDevice device,
      Optional<MemDevice> mem,
      BooleanSupplier othersWait) {
    this.core = core;
    this.events = events;
    this.memEvents = memEvents;
    this.device = device;
    this.mem = mem;
    this.othersWait = othersWait;
  }

  /**
   * Reads on, at least {@value #PFNS_A_LOOK} PFNs if there are so many, and ends the state
   * machine's turn.
   *
   * @return whether there may be more to read: call again once the others had their turn
   */
  public boolean read() {
    boolean moreOfMem = mem.isPresent() && mem.get().process(memEvents, BLOCKS_A_TURN);
    boolean more = device.process(events, PFNS_A_LOOK);
    for (int pfns = PFNS_A_LOOK; more && pfns < PFNS && !othersWait.getAsBoolean(); ) {
      more = device.process(events, PFNS_A_LOOK);
      pfns += PFNS_A_LOOK;
    }
    core.turnEnded();
    return more || moreOfMem;
  }
}
