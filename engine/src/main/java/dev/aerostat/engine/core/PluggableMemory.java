package dev.aerostat.engine.core;

import static dev.aerostat.api.BalloonTracker.NONE;

import dev.aerostat.api.Granules;
import java.util.function.IntConsumer;

/**
 * The memory that a virtio-mem device withholds: unplugged until the guest asks for it, and given
 * to it only once it is mapped. What was mapped stays so, plugged or not. So a page of it that is
 * not mapped is never the guest's: it keeps neither the gate nor a reset waiting.
 *
 * <p>The guest is asked for what is mapped without a gap from the low end on, which is the end that
 * Linux plugs first: an honest guest waits for no map. One request waits at a time.
 *
 * <pre>
 *   region  | plugged ........ | mapped ... | under way | unmapped ................ |
 *                                requested_size ┘ in whole steps
 * </pre>
 */
final class PluggableMemory {
  static final int TIMER = -3;

  // Each change interrupts the guest: as often as the balloon's target at most.
  private static final long PACE_NANOS = 5_000_000;

  private final Granules granules;
  private final GranuleTable table;
  private final PlugPlan plan;
  private final CoreSettings settings;
  private final EngineCommands commands;
  private final Invariants invariants;
  private final long pages;

  /** The first granule that is not mapped. */
  private int mappedTo;

  private int nextToMap;
  private long pluggedPages;
  private long operatorPages;
  private long shown;
  private boolean resting;
  private boolean closed;

  // The request that waits, if one does.
  private int waitFirst;
  private int waitEnd;
  private long waitPages;
  private int missing;

  PluggableMemory(
      Granules granules,
      GranuleTable table,
      PlugPlan plan,
      CoreSettings settings,
      EngineCommands commands,
      Invariants invariants) {
    this.granules = granules;
    this.table = table;
    this.plan = plan;
    this.settings = settings;
    this.commands = commands;
    this.invariants = invariants;
    this.pages = plan.pages(granules);
    this.operatorPages = pages;
    this.mappedTo = plan.firstGranule();
    this.nextToMap = plan.firstGranule();
  }

  /** Returns what the guest has not plugged. */
  long unpluggedPages() {
    return pages - pluggedPages;
  }

  void operatorWants(long wanted) {
    if (wanted < 0 || wanted > pages) {
      throw new IllegalArgumentException(
          "a request for %d pages: expected 0 to the device's %d".formatted(wanted, pages));
    }
    operatorPages = wanted;
  }

  /** Called when the guest asks for pages; also once more for those that it waits for. */
  void asked(long firstPage, long endPage, IntConsumer demand) {
    waitFirst = granules.indexOf(firstPage);
    waitEnd = granules.indexOf(endPage - 1) + 1;
    waitPages = endPage - firstPage;
    missing = 0;
    for (int granule = waitFirst; granule < waitEnd; granule++) {
      if (!table.isMapped(granule)) {
        missing++;
        demand.accept(granule);
      }
    }
    if (missing == 0) {
      answer(true);
    }
  }

  private void answer(boolean acknowledged) {
    if (acknowledged) {
      for (int granule = waitFirst; granule < waitEnd; granule++) {
        invariants.plugged(granule);
      }
    }
    if (commands.answerPlug(acknowledged) && acknowledged) {
      pluggedPages += waitPages;
      invariants.setPlugged(pluggedPages);
    }
    dropped();
  }

  /** Called when nobody waits any more. */
  void dropped() {
    waitFirst = 0;
    waitEnd = 0;
  }

  void unplugged(long gone) {
    pluggedPages -= gone;
    invariants.setPlugged(pluggedPages);
    if (closed) {
      showPlugged();
    }
  }

  /** Returns whether a request waits for a granule. */
  boolean awaits(int granule) {
    return granule >= waitFirst && granule < waitEnd;
  }

  void mapped(int granule) {
    while (mappedTo < plan.endGranule() && table.isMapped(mappedTo)) {
      mappedTo++;
    }
    if (awaits(granule) && --missing == 0) {
      answer(true);
    }
  }

  /** Refuses what waits: from now on nothing is mapped, and the guest is asked for no more. */
  void close() {
    closed = true;
    showPlugged();
    if (waitEnd > 0) {
      answer(false);
    }
  }

  /** A guest that is asked for more than it has repeats a refused request without end. */
  private void showPlugged() {
    if (shown != pluggedPages) {
      shown = pluggedPages;
      commands.setRequested(shown);
    }
  }

  /** Returns the next granule to map ahead of its plug, or NONE. */
  int nextToMap() {
    if (!settings.async() || !settings.preMap()) {
      return NONE;
    }
    while (nextToMap < plan.endGranule() && !table.isIdle(nextToMap)) {
      nextToMap++;
    }
    return nextToMap < plan.endGranule() && offset(nextToMap) < operatorPages ? nextToMap : NONE;
  }

  private long offset(int granule) {
    return granules.firstPage(granule) - plan.firstPage(granules);
  }

  void rested() {
    resting = false;
  }

  /** Shows the guest how much it is to plug, unless it was shown another size just now. */
  void settle() {
    if (pages == 0 || resting) {
      return;
    }
    long wanted = wantedPages();
    if (wanted != shown) {
      shown = wanted;
      resting = true;
      commands.setRequested(wanted);
      commands.startTimer(TIMER, PACE_NANOS);
    }
  }

  /** What the operator wants, once that is mapped or if it need not be; until then whole steps. */
  private long wantedPages() {
    boolean onDemand = settings.async() && !settings.preMap();
    boolean all = onDemand || mappedTo == plan.endGranule() || offset(mappedTo) >= operatorPages;
    if (all) {
      return operatorPages;
    }
    long end = granules.firstPage(mappedTo) / plan.stepPages() * plan.stepPages();
    return Math.max(0, end - plan.firstPage(granules));
  }
}
