package dev.aerostat.simulation;

import java.util.Locale;

/**
 * What happens in a simulated boot, as far as it can be seen from outside the engine. {@code
 * docs/trace.md} explains each event to somebody who reads a trace.
 */
public enum BootEvent {
  /** The guest's driver is up. */
  DRIVER_READY(Place.NONE, Unit.NONE),
  /** The guest inflated pages: a run of those that a message names. */
  INFLATE(Place.MEMORY, Unit.PAGES),
  /** An inflate message was read as a whole. */
  INFLATE_END(Place.NONE, Unit.PAGES),
  /** The guest deflated pages: a run of those that a message names. */
  DEFLATE(Place.MEMORY, Unit.PAGES),
  /** A deflate message was read as a whole. */
  DEFLATE_END(Place.MESSAGE, Unit.PAGES),
  /** A deflate message was acknowledged: its pages are the guest's again. */
  ACKNOWLEDGE(Place.MESSAGE, Unit.NONE),
  /** Memory that a virtio-mem device has: the guest boots without it. */
  PLUGGABLE(Place.MEMORY, Unit.PAGES),
  /** The engine asked the guest to have so much plugged. */
  REQUESTED(Place.NONE, Unit.PAGES),
  /** The guest asked for blocks of that. */
  PLUG(Place.MEMORY, Unit.PAGES),
  /** Its request was acknowledged: the blocks are the guest's. */
  PLUGGED(Place.MEMORY, Unit.PAGES),
  /** Its request was refused. */
  PLUG_REFUSED(Place.MEMORY, Unit.PAGES),
  /** The guest reset its device. */
  RESET(Place.NONE, Unit.NONE),
  /** A reset took effect. */
  RESET_COMPLETE(Place.NONE, Unit.NONE),
  /** The guest asked for DMA. */
  DMA_WANTED(Place.NONE, Unit.NONE),
  /** The device interrupted the guest: buffers of a queue were used. */
  INTERRUPT_QUEUE(Place.QUEUE, Unit.NONE),
  /** The device interrupted the guest: its config space changed. */
  INTERRUPT_CONFIG(Place.NONE, Unit.NONE),
  /** The engine showed the guest a new target. */
  TARGET(Place.NONE, Unit.PAGES),
  /** A worker began to populate a slice. */
  POPULATE(Place.MEMORY, Unit.NANOSECONDS),
  /** The engine learned that a slice is populated. */
  POPULATED(Place.MEMORY, Unit.NONE),
  /** A worker began to map a granule. */
  MAP(Place.MEMORY, Unit.NANOSECONDS),
  /** The engine learned that a granule is mapped. */
  MAPPED(Place.MEMORY, Unit.NONE),
  /** A worker began to unmap what may be left of a map that failed. */
  UNMAP(Place.MEMORY, Unit.NANOSECONDS),
  /** The engine learned that nothing is left of a map that failed. */
  UNMAPPED(Place.MEMORY, Unit.NONE),
  /** The engine learned that the host refused a populate, a map or an unmap. */
  REFUSED(Place.MEMORY, Unit.NONE),
  /** The engine began to open the gate. */
  GATE_OPEN(Place.NONE, Unit.NONE),
  /** The device may do DMA. */
  GATE_OPENED(Place.NONE, Unit.NONE),
  /** The engine began to close the gate. */
  GATE_CLOSE(Place.NONE, Unit.NONE),
  /** The device does no DMA. */
  GATE_CLOSED(Place.NONE, Unit.NONE),
  /** The observer saw rules broken. */
  BREACH(Place.NONE, Unit.BREACHES),
  /** The VMM closed the engine. */
  CLOSE(Place.NONE, Unit.NONE),
  /** Everything is unmapped, and the engine is closed. */
  CLOSED(Place.NONE, Unit.NONE);

  private final Place place;
  private final Unit unit;

  BootEvent(Place place, Unit unit) {
    this.place = place;
    this.unit = unit;
  }

  /**
   * Returns where it happens.
   *
   * @return what the event's numbers are
   */
  public Place place() {
    return place;
  }

  /**
   * Returns what its amount counts.
   *
   * @return the unit
   */
  public Unit unit() {
    return unit;
  }

  /** Returns the name as a trace has it: {@code gate-opened}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Where an event happens. */
  public enum Place {
    /** Nowhere in particular: both numbers are 0. */
    NONE,
    /** A range of guest memory: the first address, and the number of bytes. */
    MEMORY,
    /** A queue of the device: its index. */
    QUEUE,
    /** A deflate message: the number that the device gave it, used again once acknowledged. */
    MESSAGE
  }

  /** What an amount counts. */
  public enum Unit {
    /** Nothing: the amount is 0. */
    NONE,
    /** Pages of 4 KiB. */
    PAGES,
    /** The time that it takes. */
    NANOSECONDS,
    /** Breaches since the one before. */
    BREACHES
  }
}
