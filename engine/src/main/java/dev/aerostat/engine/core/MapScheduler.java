package dev.aerostat.engine.core;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MapFailurePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the host's workers busy: populate slices and map calls, what a deflate waits for first.
 *
 * <p>A worker does one slice or one map at a time, so what an urgent granule waits for is at most
 * one slice or one map.
 */
final class MapScheduler {
  private final Granules granules;
  private final GranuleTable table;
  private final EngineCommands commands;
  private final IntSupplier background;
  private final HostRest hostRest;
  private final boolean deflatesNeverRest;
  private final int workers;
  private final int maxMaps;
  private final long slicePages;

  private final IntQueue deflateQueue = new IntQueue();
  private final IntQueue plugQueue = new IntQueue();
  private final List<MapJob> urgent = new ArrayList<>();
  private final List<MapJob> ordinary = new ArrayList<>();
  private int busyWorkers;
  private int mapsOut;
  private boolean stopped;

  /**
   * @param background returns the next granule nobody waits for, or {@link BalloonTracker#NONE}
   */
  MapScheduler(
      Granules granules,
      GranuleTable table,
      EngineCommands commands,
      IntSupplier background,
      HostRest hostRest,
      CoreSettings settings) {
    this.granules = granules;
    this.table = table;
    this.commands = commands;
    this.background = background;
    this.hostRest = hostRest;
    // A refusal is what lets such a deflate be returned.
    this.deflatesNeverRest = settings.mapFailurePolicy() == MapFailurePolicy.CLOSE_GATE_AND_ACK;
    this.workers = settings.workers();
    this.maxMaps = settings.concurrentMaps() ? settings.workers() : 1;
    this.slicePages = settings.slicePages();
  }

  /** Puts a granule that is not mapped ahead of all that nobody waits for. */
  void demand(int granule) {
    if (table.isIdle(granule)) {
      table.beginMapping(granule);
      (table.isPluggable(granule) ? plugQueue : deflateQueue).add(granule);
      return;
    }
    for (int i = 0; i < ordinary.size(); i++) {
      if (ordinary.get(i).granule == granule) {
        urgent.add(ordinary.remove(i));
        return;
      }
    }
  }

  boolean isUrgent(int granule) {
    return find(urgent, granule) != null;
  }

  void populated(int granule) {
    busyWorkers--;
    job(granule).sliceDone();
  }

  /** Called when a slice failed; returns the refusal once the job is at an end. */
  @Nullable HostRefusedException populateFailed(int granule, HostRefusedException refusal) {
    busyWorkers--;
    MapJob job = job(granule);
    job.sliceDone();
    job.refused(refusal);
    return job.settledRefusal();
  }

  void mapEnded(int granule) {
    busyWorkers--;
    mapsOut--;
    remove(granule);
  }

  /** Returns the refusal of a job that failed earlier and whose last slice has come back now. */
  @Nullable HostRefusedException settledRefusal(int granule) {
    return job(granule).settledRefusal();
  }

  void remove(int granule) {
    if (!urgent.removeIf(job -> job.granule == granule)) {
      ordinary.removeIf(job -> job.granule == granule);
    }
  }

  /** Called once all memory is mapped, which it then stays: there is nothing to do any more. */
  void allMapped() {
    deflateQueue.releaseAll();
    plugQueue.releaseAll();
  }

  /** Returns the pages of granules that nobody waits for, but for those that are pluggable. */
  long pagesUnderWay() {
    long pages = 0;
    for (int i = 0; i < ordinary.size(); i++) {
      int granule = ordinary.get(i).granule;
      if (!table.isPluggable(granule)) {
        pages += granules.endPage(granule) - granules.firstPage(granule);
      }
    }
    return pages;
  }

  /** Begins nothing new: what is under way ends. */
  void stop() {
    stopped = true;
  }

  boolean isQuiet() {
    return busyWorkers == 0;
  }

  void dispatch() {
    while (!stopped && busyWorkers < workers) {
      if (!advance(urgent) && !startUrgent() && !advance(ordinary) && !startOrdinary()) {
        return;
      }
    }
  }

  // By index, since an iterator for each deflate is garbage for each deflate.
  private boolean advance(List<MapJob> jobs) {
    if (mapsOut < maxMaps) {
      for (int i = 0; i < jobs.size(); i++) {
        MapJob job = jobs.get(i);
        if (job.readyToMap()) {
          busyWorkers++;
          mapsOut++;
          job.map(commands, table.isUnsure(job.granule));
          return true;
        }
      }
    }
    for (int i = 0; i < jobs.size(); i++) {
      MapJob job = jobs.get(i);
      if (job.hasSlice()) {
        busyWorkers++;
        job.populateNext(commands);
        return true;
      }
    }
    return false;
  }

  private boolean startUrgent() {
    return startFrom(deflateQueue, deflatesNeverRest) || startFrom(plugQueue, false);
  }

  private boolean startFrom(IntQueue queue, boolean neverRests) {
    if (queue.isEmpty() || urgent.size() >= 2 * workers || !(neverRests || hostMayBeTried())) {
      return false;
    }
    urgent.add(newJob(queue.remove()));
    return true;
  }

  private boolean startOrdinary() {
    if (ordinary.size() >= 2 * workers || !hostMayBeTried()) {
      return false;
    }
    int granule = background.getAsInt();
    if (granule == BalloonTracker.NONE) {
      return false;
    }
    table.beginMapping(granule);
    ordinary.add(newJob(granule));
    return true;
  }

  private boolean hostMayBeTried() {
    return !hostRest.isResting()
        && (!hostRest.isTrying() || (urgent.isEmpty() && ordinary.isEmpty()));
  }

  private MapJob newJob(int granule) {
    return new MapJob(granule, granules.firstPage(granule), granules.endPage(granule), slicePages);
  }

  private MapJob job(int granule) {
    MapJob job = find(urgent, granule);
    if (job == null) {
      job = find(ordinary, granule);
    }
    if (job == null) {
      throw new IllegalStateException(
          "a completion for granule %d, which is not under way".formatted(granule));
    }
    return job;
  }

  private static @Nullable MapJob find(List<MapJob> jobs, int granule) {
    for (MapJob job : jobs) {
      if (job.granule == granule) {
        return job;
      }
    }
    return null;
  }
}
