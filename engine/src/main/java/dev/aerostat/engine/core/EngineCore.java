package dev.aerostat.engine.core;

import static dev.aerostat.api.BalloonTracker.NONE;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Granules;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.Pages;
import dev.aerostat.api.Progress;
import dev.aerostat.api.ResetPolicy;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.balloon.virtio.device.BalloonEvents;
import dev.aerostat.mem.virtio.device.MemEvents;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * Asynchronous DMA map: events in, {@link EngineCommands commands} out.
 *
 * <p>Not thread-safe: one thread feeds it all events. The device's messages come through {@link
 * BalloonEvents}, and after each batch of them {@link #turnEnded}; every other event ends its own
 * turn. Within a turn inflates must come before deflates, since the queues are unordered. What a
 * virtio-mem device is asked comes through {@link MemEvents} in the same way.
 *
 * <p>Memory is <em>withheld</em> from the guest by either device: ballooned, or not plugged. Each
 * page by one of them: what is pluggable is never counted as ballooned, whatever the guest claims.
 *
 * <p>Feeding a deflate whose pages are mapped, and acknowledging it, allocates nothing.
 */
public final class EngineCore implements BalloonEvents, MemEvents {
  private final Granules granules;
  private final BalloonTracker tracker;
  private final EngineCommands commands;
  private final CoreSettings settings;
  private final GranuleTable table;
  private final GateKeeper gate;
  private final DeflateLedger ledger;
  private final DoubtfulGranules doubts = new DoubtfulGranules();
  private final ReturnOrder returnOrder;
  private final MapScheduler scheduler;
  private final TargetPolicy target;
  private final RetrySchedule retries = new RetrySchedule();
  private final HostRest hostRest;
  private final PreGateOrder preGateOrder;
  private final PlugPlan plugPlan;
  private final PluggableMemory pluggable;
  private final EngineCounts counts = new EngineCounts();
  private final Invariants invariants;
  private final IntConsumer acknowledge;
  private final IntPredicate toBeFilled = this::isToBeFilled;

  private boolean refusedIsNext;
  private boolean deflatesLeft;
  private boolean resetHeld;
  private DriverState driver = DriverState.PRESENT;
  private LifeCycle lifeCycle = LifeCycle.RUNNING;

  /** What is known of the guest's driver while no reset is held. */
  private enum DriverState {
    PRESENT,
    /** It stopped its queues, which may be a reset, and the device waits for an answer. */
    STOP_HELD,
    /** It stopped its queues, and has been answered. */
    MAY_BE_GONE
  }

  private enum LifeCycle {
    RUNNING,
    /** The gate closes, messages are acknowledged, maps come to their ends. */
    CLOSING,
    UNMAPPING,
    CLOSED
  }

  /**
   * Creates a state machine without a virtio-mem device, with nothing mapped, nothing ballooned and
   * the gate closed.
   *
   * @param granules the plan: one map each
   * @param tracker an empty tracker for the same granules; it belongs to this from now on
   * @param settings how it behaves
   * @param commands what carries the commands out
   * @throws IllegalArgumentException as the other constructor says
   */
  public EngineCore(
      Granules granules, BalloonTracker tracker, CoreSettings settings, EngineCommands commands) {
    this(granules, tracker, PlugPlan.NONE, settings, commands);
  }

  /**
   * Creates a state machine with nothing mapped, nothing ballooned, nothing plugged and the gate
   * closed.
   *
   * @param granules the plan: one map each
   * @param tracker an empty tracker for the same granules; it belongs to this from now on
   * @param plugPlan which of them a virtio-mem device withholds
   * @param settings how it behaves
   * @param commands what carries the commands out
   * @throws IllegalArgumentException if the system property {@code aerostat.check} is neither
   *     {@code constant}, {@code linear} nor {@code paranoid}
   */
  public EngineCore(
      Granules granules,
      BalloonTracker tracker,
      PlugPlan plugPlan,
      CoreSettings settings,
      EngineCommands commands) {
    this(granules, tracker, plugPlan, settings, commands, CheckLevel.configured());
  }

  EngineCore(
      Granules granules,
      BalloonTracker tracker,
      PlugPlan plugPlan,
      CoreSettings settings,
      EngineCommands commands,
      CheckLevel checks) {
    this.granules = granules;
    this.tracker = tracker;
    this.settings = settings;
    this.commands = commands;
    this.plugPlan = plugPlan;
    this.table = new GranuleTable(granules, tracker, plugPlan);
    this.gate = new GateKeeper(commands);
    this.ledger = new DeflateLedger(granules.count());
    this.returnOrder = new ReturnOrder(granules, tracker, table);
    this.preGateOrder = new PreGateOrder(granules, tracker, granules.count() - plugPlan.count());
    this.hostRest = new HostRest(commands);
    this.scheduler =
        new MapScheduler(granules, table, commands, this::nextInBackground, hostRest, settings);
    long bootPages = granules.memory().pages() - plugPlan.pages(granules);
    this.target = new TargetPolicy(bootPages, settings, commands);
    this.invariants = new Invariants(granules, tracker, table, gate, ledger, plugPlan, checks);
    this.pluggable = new PluggableMemory(granules, table, plugPlan, settings, commands, invariants);
    this.acknowledge = this::acknowledgeAfterWait;
  }

  /** Starts mapping and shows the guest its first target. */
  public void start() {
    turnEnded();
  }

  // --- The device -------------------------------------------------------------------------------

  @Override
  public void driverReady() {
    turnEnded();
  }

  @Override
  public void inflated(long firstPage, long endPage, boolean descending) {
    counts.inflateRuns++;
    if (descending) {
      inflateDescending(firstPage, endPage);
    } else {
      inflateAscending(firstPage, endPage);
    }
  }

  private void inflateAscending(long firstPage, long endPage) {
    long page = firstPage;
    while (page < endPage) {
      int granule = granules.indexOf(page);
      long end = Math.min(endPage, granules.endPage(granule));
      inflate(granule, page, end, false);
      page = end;
    }
  }

  private void inflateDescending(long firstPage, long endPage) {
    long end = endPage;
    while (firstPage < end) {
      int granule = granules.indexOf(end - 1);
      long page = Math.max(firstPage, granules.firstPage(granule));
      inflate(granule, page, end, true);
      end = page;
    }
  }

  private void inflate(int granule, long firstPage, long endPage, boolean descending) {
    if (plugPlan.contains(granule)) {
      return; // Not plugged, it is withheld as it is; plugged, it is mapped.
    }
    long pages = tracker.inflate(firstPage, endPage, descending);
    returnOrder.inflated(granule, pages);
    preGateOrder.inflated(granule);
    if (gate.isClosed()) {
      table.inflated(granule);
    }
    if (!ledger.isEmpty()) {
      doubts.inflated(granule, ledger.hasWaiters(granule));
    }
  }

  @Override
  public void inflateMessageEnd(long pages) {
    counts.inflateMessages++;
    counts.inflatePages += pages;
    target.inflated(pages);
    messageEnded();
  }

  @Override
  public boolean acceptsDeflate() {
    boolean room = ledger.hasRoom();
    deflatesLeft |= !room;
    return room;
  }

  @Override
  public void deflateBegin(int token) {
    ledger.begin(token);
  }

  @Override
  public void deflated(int token, long firstPage, long endPage) {
    // From the top down, as Linux deflates what a boot inflated: nothing is cut in two on the way.
    long end = endPage;
    while (firstPage < end) {
      int granule = granules.indexOf(end - 1);
      long page = Math.max(firstPage, granules.firstPage(granule));
      deflate(token, granule, page, end);
      end = page;
    }
  }

  private void deflate(int token, int granule, long firstPage, long endPage) {
    if (plugPlan.contains(granule)) {
      counts.preMappedPages += endPage - firstPage;
      return; // It was never in the balloon, and if it is the guest's, it is mapped.
    }
    int older = returnOrder.olderThanFrontier(granule);
    long pages = tracker.deflate(firstPage, endPage);
    if (pages > 0) {
      returnOrder.deflated(granule, pages, older);
      preGateOrder.deflated();
      if (gate.isClosed()) {
        table.deflated(granule);
      }
    }
    if (table.isMapped(granule)) {
      counts.preMappedPages += endPage - firstPage;
    } else {
      counts.onDemandPages += endPage - firstPage;
      invariants.leaving(token, pages);
      await(token, granule);
    }
  }

  private void await(int token, int granule) {
    if (acknowledgesUnmapped() && (isClosing() || table.isBackingOff(granule))) {
      doubts.waived(granule);
      return;
    }
    ledger.await(token, granule);
    scheduler.demand(granule);
    if (closesGateOnRefusal() && table.isBackingOff(granule)) {
      gate.wantClosed();
    }
  }

  @Override
  public void deflateEnd(int token, long pages) {
    counts.deflateMessages++;
    target.deflated(pages, tracker.pages());
    messageEnded();
    if (ledger.end(token)) {
      acknowledge(token);
    } else {
      commands.deflateWaits(token, pages);
    }
  }

  private void acknowledge(int token) {
    invariants.acknowledged(token);
    commands.acknowledge(token);
  }

  private void acknowledgeAfterWait(int token) {
    acknowledge(token);
    commands.deflateWaited(token);
  }

  private void messageEnded() {
    counts.peakRanges = Math.max(counts.peakRanges, tracker.ranges());
    counts.trackerPeakBytes = Math.max(counts.trackerPeakBytes, tracker.heldBytes());
  }

  @Override
  public void statistics(BalloonStatistics statistics) {
    commands.statistics(statistics);
  }

  /**
   * Called when the guest resets the device. Until {@link EngineCommands#completeReset} the balloon
   * counts as it was.
   */
  @Override
  public void resetRequested() {
    resetHeld = true;
    commands.resetHeld();
    prepareForReset();
    turnEnded();
  }

  /**
   * Called when the driver may be gone without a word. Until {@link #stopEnded} or a reset the gate
   * opens only once all is mapped; the balloon counts as it was.
   */
  @Override
  public void stopRequested() {
    driver = DriverState.STOP_HELD;
    prepareForReset();
    turnEnded();
  }

  @Override
  public void stopEnded() {
    driver = DriverState.PRESENT;
    turnEnded();
  }

  private void prepareForReset() {
    preGateOrder.startOver();
    if (settings.resetPolicy() == ResetPolicy.CLOSE_GATE && !table.bootMapped()) {
      gate.wantClosed();
    }
  }

  /** A reset does no harm where no DMA can happen, or none to an unmapped page. */
  private boolean resetIsSafe() {
    return gate.isClosed() || table.bootMapped();
  }

  // --- What is plugged --------------------------------------------------------------------------

  @Override
  public void plugAsked(long firstPage, long endPage) {
    if (isClosing()) {
      boolean _ = commands.answerPlug(false);
    } else {
      pluggable.asked(firstPage, endPage, scheduler::demand);
    }
  }

  @Override
  public void plugDropped() {
    pluggable.dropped();
  }

  @Override
  public void unplugged(long pages) {
    pluggable.unplugged(pages);
  }

  // --- The host ---------------------------------------------------------------------------------

  /**
   * Called when a slice was brought in.
   *
   * @param granule the granule it belongs to
   */
  public void populated(int granule) {
    scheduler.populated(granule);
    HostRefusedException earlier = scheduler.settledRefusal(granule);
    if (earlier != null) {
      giveUpForNow(granule, earlier);
    }
    turnEnded();
  }

  /**
   * Called when a slice was not brought in.
   *
   * @param granule the granule it belongs to
   * @param refusal why
   */
  public void populateFailed(int granule, HostRefusedException refusal) {
    HostRefusedException settled = scheduler.populateFailed(granule, refusal);
    if (settled != null) {
      giveUpForNow(granule, settled);
    }
    turnEnded();
  }

  /**
   * Called when a granule was mapped.
   *
   * @param granule which
   */
  public void mapped(int granule) {
    if (scheduler.isUrgent(granule)) {
      counts.onDemandMaps++;
    }
    scheduler.mapEnded(granule);
    table.mapped(granule);
    doubts.mapped(granule);
    retries.succeeded(granule);
    hostRest.succeeded();
    counts.maps++;
    counts.mappedBytes += Pages.toBytes(granules.endPage(granule) - granules.firstPage(granule));
    returnOrder.mapped(granule);
    pluggable.mapped(granule);
    invariants.released(granule, false);
    ledger.release(granule, acknowledge);
    if (table.allMapped()) {
      allMapped();
    }
    turnEnded();
  }

  /** Releases what is kept for granules that are not mapped: there are none before the end. */
  private void allMapped() {
    doubts.allMapped();
    returnOrder.allMapped();
    ledger.allMapped();
    scheduler.allMapped();
    retries.allMapped();
  }

  /**
   * Called when a granule was not mapped. Unless the refusal promises that nothing has changed, it
   * is unmapped before it is mapped again.
   *
   * @param granule which
   * @param refusal why
   */
  public void mapFailed(int granule, HostRefusedException refusal) {
    table.setUnsure(granule, refusal.state() != HostRefusedException.State.UNCHANGED);
    scheduler.mapEnded(granule);
    giveUpForNow(granule, refusal);
    turnEnded();
  }

  /**
   * Called when a granule that was to be mapped again could not be unmapped first.
   *
   * @param granule which
   * @param refusal why
   */
  public void unmapFailed(int granule, HostRefusedException refusal) {
    scheduler.mapEnded(granule);
    giveUpForNow(granule, refusal);
    turnEnded();
  }

  private void giveUpForNow(int granule, HostRefusedException refusal) {
    scheduler.remove(granule);
    table.mapFailed(granule);
    int attempt = retries.refused(granule);
    long rest = RetrySchedule.restNanos(attempt);
    counts.refusals++;
    commands.refused(refusal, attempt, rest);
    commands.startTimer(granule, rest);
    hostRest.refused(refusal.reason());
    if (closesGateOnRefusal() && ledger.hasWaiters(granule)) {
      if (gate.isClosed()) {
        returnUnmapped(granule);
      } else {
        gate.wantClosed();
      }
    }
  }

  /** Ends each deflate's wait for a granule that the host refuses. */
  private void returnUnmapped(int granule) {
    doubts.waived(granule);
    invariants.released(granule, gate.isClosed() && closesGateOnRefusal());
    ledger.release(granule, acknowledge);
  }

  /** Called when everything was unmapped. */
  public void unmapped() {
    lifeCycle = LifeCycle.CLOSED;
    commands.closed();
  }

  /**
   * Called when unmapping failed: closing the mapper is all that is left.
   *
   * @param refusal why
   */
  public void unmapFailed(HostRefusedException refusal) {
    counts.refusals++;
    commands.refused(refusal, 1, 0);
    unmapped();
  }

  // --- Gate, operator, time ---------------------------------------------------------------------

  /** Called when the device may do DMA. */
  public void gateOpened() {
    gate.opened();
    turnEnded();
  }

  /** Called when the device does no DMA. */
  public void gateClosed() {
    gate.closed();
    table.recountBlocking();
    preGateOrder.startOver();
    if (closesGateOnRefusal()) {
      retries.forEachRefused(this::returnUnmapped);
    }
    turnEnded();
  }

  /** Called when the guest asks for DMA. While the gate is open there is nothing to do. */
  public void dmaWanted() {
    if (gate.isClosedOrClosing()) {
      counts.dmaWanted++;
      commands.dmaWanted(settings.earlyDmaPolicy());
    }
  }

  /**
   * Sets how large the operator wants the balloon to stay.
   *
   * @param pages in 4 KiB units, 0 to the pages of the guest that no virtio-mem device withholds
   * @throws IllegalArgumentException if {@code pages} is outside that range
   */
  public void operatorTarget(long pages) {
    target.operatorWants(pages);
    turnEnded();
  }

  /**
   * Sets how much the operator wants the guest to have plugged, all of it unless told otherwise.
   * The guest is asked for no more; it is asked for less while less is mapped.
   *
   * @param pages in 4 KiB units, whole blocks, 0 to what the virtio-mem device has
   * @throws IllegalArgumentException if {@code pages} is outside that range
   */
  public void operatorRequest(long pages) {
    pluggable.operatorWants(pages);
    turnEnded();
  }

  /**
   * Called when a timer fired. After {@link #close} none matters any more.
   *
   * @param id which one
   */
  public void timer(int id) {
    if (isClosing()) {
      return;
    }
    if (id == TargetPolicy.TIMER) {
      target.rested();
    } else if (id == PluggableMemory.TIMER) {
      pluggable.rested();
    } else if (id == HostRest.TIMER) {
      hostRest.ended();
    } else {
      restEnded(id);
    }
    turnEnded();
  }

  private void restEnded(int granule) {
    table.backOffEnded(granule);
    if (ledger.hasWaiters(granule) || pluggable.awaits(granule)) {
      scheduler.demand(granule);
    } else {
      retries.rested(granule);
    }
  }

  /**
   * Closes the gate, acknowledges what is pending, refuses a plug that is, unmaps everything; then
   * {@link EngineCommands#closed} follows. Does nothing the second time.
   */
  public void close() {
    if (lifeCycle == LifeCycle.RUNNING) {
      lifeCycle = LifeCycle.CLOSING;
    }
    scheduler.stop();
    pluggable.close();
    gate.wantClosed();
    turnEnded();
  }

  // --- The end of a turn ------------------------------------------------------------------------

  /**
   * Ends a batch of device messages: opens the gate if it may open, moves the target, starts work.
   */
  public void turnEnded() {
    if (isClosed()) {
      return;
    }
    if (isStopHeld() && resetIsSafe()) {
      driver = DriverState.MAY_BE_GONE;
      commands.completeStop();
    }
    if (resetHeld && resetIsSafe()) {
      completeReset();
    }
    if (isClosing()) {
      closeFurther();
    } else {
      goOn();
    }
    if (lifeCycle != LifeCycle.UNMAPPING) {
      invariants.turnEnded();
    }
  }

  private void goOn() {
    readOn();
    if (ledger.isEmpty()) {
      doubts.answered();
    }
    gate.consider(mayOpen());
    target.settle(
        !gate.isClosed(), tracker.pages(), table.bootUnmappedPages(), returnOrder.readyPages());
    pluggable.settle();
    scheduler.dispatch();
  }

  private void readOn() {
    if (deflatesLeft && ledger.hasRoom()) {
      deflatesLeft = false;
      commands.readDevice();
    }
  }

  private boolean mayOpen() {
    // A guest may inflate again what it waits for: not before that deflate is returned.
    return table.allMapped()
        || (settings.async() && table.bootMapped())
        || (countsBalloon() && table.blocking() == 0 && ledger.isEmpty() && doubts.isEmpty());
  }

  /** Whether what is ballooned need not be mapped before the gate opens. */
  private boolean countsBalloon() {
    return settings.async() && driver == DriverState.PRESENT;
  }

  private void completeReset() {
    // A guest may reset without end: what costs time for each granule is done only where it must
    // be.
    if (tracker.pages() > 0) {
      tracker.clear();
    }
    ledger.clear();
    invariants.reset();
    doubts.clear();
    returnOrder.startOver();
    table.balloonEmptied();
    target.reset();
    preGateOrder.startOver();
    commands.completeReset();
    resetHeld = false;
    driver = DriverState.PRESENT;
  }

  private void closeFurther() {
    if (gate.isClosed()) {
      ledger.releaseAll(acknowledge);
      readOn();
      if (scheduler.isQuiet() && lifeCycle == LifeCycle.CLOSING) {
        lifeCycle = LifeCycle.UNMAPPING;
        table.beginUnmappingAll();
        commands.unmapAll();
      }
    } else {
      gate.consider(false);
    }
  }

  /** What was refused and what was not take turns: neither keeps the other waiting. */
  private int nextInBackground() {
    refusedIsNext = !refusedIsNext;
    int granule = refusedIsNext ? nextRefused() : nextUntried();
    if (granule == NONE) {
      granule = refusedIsNext ? nextUntried() : nextRefused();
    }
    return granule;
  }

  private int nextRefused() {
    while (retries.hasRested()) {
      int granule = retries.nextRested();
      if (table.isIdle(granule)) {
        return granule;
      }
    }
    return NONE;
  }

  private int nextUntried() {
    int granule = !gate.isClosed() && !mayBeReset() ? NONE : preGateOrder.next(toBeFilled);
    if (granule == NONE && preMaps()) {
      granule = returnOrder.nextToMap();
    }
    return granule == NONE ? pluggable.nextToMap() : granule;
  }

  private boolean isToBeFilled(int granule) {
    if (!table.isIdle(granule)) {
      return false;
    }
    return plugPlan.contains(granule)
        ? !settings.async()
        : fillsAll() || !table.isWhollyBallooned(granule);
  }

  private boolean fillsAll() {
    return !settings.async() || mayBeReset();
  }

  private boolean mayBeReset() {
    return resetHeld || driver != DriverState.PRESENT;
  }

  private boolean preMaps() {
    long stillUnmapped = tracker.pages() - returnOrder.readyPages() - scheduler.pagesUnderWay();
    return settings.async() && settings.preMap() && stillUnmapped > target.operatorPages();
  }

  private boolean closesGateOnRefusal() {
    return settings.mapFailurePolicy() == MapFailurePolicy.CLOSE_GATE_AND_ACK;
  }

  private boolean isClosing() {
    return lifeCycle != LifeCycle.RUNNING;
  }

  private boolean acknowledgesUnmapped() {
    return gate.isClosed() && (isClosing() || closesGateOnRefusal());
  }

  // --- What can be asked ------------------------------------------------------------------------

  /**
   * Returns how far it has come.
   *
   * @return a copy
   */
  public Progress progress() {
    return new Progress(
        granules.memory().bytes(),
        Pages.toBytes(table.mappedPages()),
        Pages.toBytes(tracker.pages()),
        Pages.toBytes(target.shownPages()),
        Pages.toBytes(pluggable.unpluggedPages()),
        gate.isOpen());
  }

  /**
   * Returns what is mapped.
   *
   * @return 4 KiB pages
   */
  public long mappedPages() {
    return table.mappedPages();
  }

  /**
   * Returns what is ballooned.
   *
   * @return 4 KiB pages
   */
  public long balloonedPages() {
    return tracker.pages();
  }

  /**
   * Returns what the guest has not plugged.
   *
   * @return 4 KiB pages
   */
  public long unpluggedPages() {
    return pluggable.unpluggedPages();
  }

  /**
   * Returns the target that the guest was last shown.
   *
   * @return 4 KiB pages
   */
  public long targetPages() {
    return target.shownPages();
  }

  /**
   * Returns the counters.
   *
   * @return a copy
   */
  public EngineCounters counters() {
    return counts.copy();
  }

  /**
   * Returns whether the gate is open: the VMM has opened it, and was not told to close it since.
   *
   * @return true if the device may do DMA
   */
  public boolean isDmaReady() {
    return gate.isOpen();
  }

  /**
   * Returns whether a reset was requested that {@link EngineCommands#completeReset} has not
   * followed.
   *
   * @return true while a reset is held
   */
  public boolean isResetHeld() {
    return resetHeld;
  }

  /**
   * Returns whether a stop was requested that {@link EngineCommands#completeStop} has not followed.
   *
   * @return true while a stop is held
   */
  public boolean isStopHeld() {
    return driver == DriverState.STOP_HELD;
  }

  /**
   * Returns whether it is closed.
   *
   * @return true from {@link EngineCommands#closed} on
   */
  public boolean isClosed() {
    return lifeCycle == LifeCycle.CLOSED;
  }
}
