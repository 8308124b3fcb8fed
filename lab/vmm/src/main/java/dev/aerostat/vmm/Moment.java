package dev.aerostat.vmm;

/** What happens once in a boot, told by what a person reads and by its name in JSON. */
public enum Moment {
  /** The VMM has begun. */
  STARTED("the VMM starts", "startedNanos"),
  /** The engine has begun. */
  MAPPING("mapping begins", "mappingNanos"),
  /** The guest runs. */
  RUNNING("the guest starts", "runningNanos"),
  /** The guest's driver has set the balloon up. */
  DRIVER_LOADED("the balloon driver loads", "driverNanos"),
  /** The balloon has become as large as it ever was. */
  INFLATED("the balloon is inflated", "inflatedNanos"),
  /** The guest has asked for DMA and has to wait. */
  DMA_WANTED("the guest asks for DMA", "dmaWantedNanos"),
  /** The gate has opened. */
  DMA_READY("the gate opens: ready for DMA", "dmaReadyNanos"),
  /** The devices have been put on the guest's bus, as they come late. */
  PLUGGED("the device is plugged", "pluggedNanos"),
  /** The guest reports that its device's DMA works. */
  FIRST_DMA("the guest's first DMA arrives", "firstDmaNanos"),
  /** No memory is left to map. */
  FULLY_MAPPED("all memory is mapped", "fullyMappedNanos"),
  /** All has been handed back. */
  BALLOON_EMPTY("the balloon is empty: the guest has all its memory", "balloonEmptyNanos"),
  /** The run is over. */
  ENDED("the guest ends", "endedNanos");

  private final String words;
  private final String property;

  Moment(String words, String property) {
    this.words = words;
    this.property = property;
  }

  /**
   * Returns what a person reads.
   *
   * @return without a capital and without a full stop
   */
  public String words() {
    return words;
  }

  /**
   * Returns its name in JSON.
   *
   * @return such as {@code dmaReadyNanos}
   */
  public String property() {
    return property;
  }
}
