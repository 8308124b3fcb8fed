package dev.aerostat.cli.serve;

/** What happens to a guest that is served, under its names in JSON. */
enum GuestMilestone {
  MEMORY_SHARED("memorySharedNanos"),
  DRIVER_UP("driverUpNanos"),
  DMA_READY("dmaReadyNanos"),
  FULLY_MAPPED("fullyMappedNanos"),
  BALLOON_EMPTY("balloonEmptyNanos"),
  GONE("goneNanos");

  private final String property;

  GuestMilestone(String property) {
    this.property = property;
  }

  String property() {
    return property;
  }
}
