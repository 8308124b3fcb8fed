package dev.aerostat.cli.serve;

/** What happens to a guest that is served, under the names that JSON gives it. */
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
