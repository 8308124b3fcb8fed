package dev.aerostat.guest.sim;

/** What a guest has done since it was made, over all its drivers. Pages are 4 KiB units. */
final class GuestLedger {
  private long inflateMessages;
  private long inflatedPages;
  private long deflateMessages;
  private long deflatedPages;
  private long compactions;
  private long outOfMemoryDeflates;
  private long failedAllocations;

  void acknowledged(Job job, long pages) {
    switch (job.queue()) {
      case INFLATE -> {
        inflateMessages++;
        inflatedPages += pages;
      }
      case DEFLATE -> {
        deflateMessages++;
        deflatedPages += pages;
      }
    }
    compactions += job == Job.COMPACTION_DEFLATE ? 1 : 0;
    outOfMemoryDeflates += job == Job.OUT_OF_MEMORY ? 1 : 0;
  }

  void allocationFailed() {
    failedAllocations++;
  }

  GuestAccounts with(GuestPages pages, long reservedPages) {
    return new GuestAccounts(
        reservedPages,
        pages.freePages(),
        pages.balloonedPages(),
        pages.inFlightPages(),
        inflateMessages,
        inflatedPages,
        deflateMessages,
        deflatedPages,
        compactions,
        outOfMemoryDeflates,
        failedAllocations);
  }
}
