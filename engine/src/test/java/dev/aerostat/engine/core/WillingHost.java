package dev.aerostat.engine.core;

/** A host that does what it was asked for last when a test lets it; one worker's work at most. */
class WillingHost implements IdleCommands {
  private int populating = -1;
  private int mapping = -1;

  /** Populates or maps until so many pages are mapped, or nothing is left to do. */
  final void run(EngineCore core, long pages) {
    while (core.mappedPages() < pages && (populating >= 0 || mapping >= 0)) {
      int populated = populating;
      int mapped = mapping;
      populating = -1;
      mapping = -1;
      if (populated >= 0) {
        core.populated(populated);
      } else {
        core.mapped(mapped);
      }
    }
  }

  @Override
  public void populate(int granule, long firstPage, long endPage) {
    populating = granule;
  }

  @Override
  public void map(int granule) {
    mapping = granule;
  }
}
