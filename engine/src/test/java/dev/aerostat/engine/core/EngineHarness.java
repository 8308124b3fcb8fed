package dev.aerostat.engine.core;

import static dev.aerostat.engine.core.PendingCall.Kind.MAP;
import static dev.aerostat.engine.core.PendingCall.Kind.POPULATE;
import static dev.aerostat.engine.core.PendingCall.Kind.UNMAP_ALL;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Granules;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.ResetPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Feeds a state machine and takes its commands, keeps books of its own, a bit a page, and checks
 * every rule of the design after every step.
 *
 * <p>A test plays guest, host, gate, operator and clock through the methods of the first part.
 */
final class EngineHarness implements EngineCommands {
  enum GatePhase {
    CLOSED,
    OPENING,
    OPEN,
    CLOSING
  }

  final Setup setup;
  final Granules granules;
  final CoreSettings settings;
  final HostBooks host;
  final GuestBooks guest;
  final PlugBooks plugs;
  final TargetBooks target;
  final RefusalBooks refusals = new RefusalBooks();
  final EngineCore core;
  final List<String> log = new ArrayList<>();

  GatePhase gate = GatePhase.CLOSED;
  boolean resetHeld;
  boolean stopHeld;
  boolean driverMayBeGone;
  boolean closing;
  boolean unmapping;
  boolean closed;
  private boolean reasonToClose;
  private boolean deflateLeft;
  private boolean wakeWanted;
  private int dmaWantedTold;

  /** Deflates of which the engine has said that they wait, and not yet that they have. */
  private final Set<Integer> waitTold = new HashSet<>();

  EngineHarness(Setup setup, Sabotage sabotage) {
    this.setup = setup;
    this.granules = setup.granules();
    this.settings = setup.settings();
    this.host = new HostBooks(granules, settings, refusals, setup.pluggable());
    this.guest =
        new GuestBooks(granules, setup.pluggable(), granule -> host.granules[granule].mapped);
    this.plugs = guest.plugs;
    this.target = new TargetBooks(settings, guest, host);
    this.core =
        new EngineCore(
            granules,
            sabotage.tracker().apply(new BitSetTracker(granules)),
            setup.pluggable(),
            sabotage.settings().apply(settings),
            sabotage.commands().apply(this),
            CheckLevel.PARANOID);
  }

  // --- The world: what a test does --------------------------------------------------------------

  void start() {
    turn("start", core::start);
  }

  void driverReady() {
    turn("driverReady", core::driverReady);
  }

  void inflated(long firstPage, long endPage, boolean descending) {
    if (closesGate() && !guest.isAnswered()) {
      int last = granules.indexOf(endPage - 1);
      for (int granule = granules.indexOf(firstPage); granule <= last; granule++) {
        GranuleBook book = host.granules[granule];
        book.doubtful |=
            !book.mapped
                && !plugs.contains(granule)
                && (book.refusals > 0 || guest.isWaitedFor(granule));
      }
    }
    guest.inflated(firstPage, endPage, descending);
    midTurn("inflated", () -> core.inflated(firstPage, endPage, descending), firstPage, endPage);
  }

  void inflateMessageEnd(long pages) {
    target.inflated(pages);
    midTurn("inflateMessageEnd", () -> core.inflateMessageEnd(pages), pages);
  }

  boolean acceptsDeflate() {
    boolean accepts = core.acceptsDeflate();
    boolean room = guest.waits() < DeflateLedger.MAX_WAITS;
    Rule.BOUNDED_BOOKS.require(accepts == room, "accepts a deflate, has room", accepts, room);
    deflateLeft |= !accepts;
    return accepts;
  }

  void deflateBegin(int token) {
    guest.deflates.put(token, new DeflateBook());
    midTurn("deflateBegin", () -> core.deflateBegin(token), token);
  }

  void deflated(int token, long firstPage, long endPage) {
    guest.deflated(token, firstPage, endPage);
    int last = granules.indexOf(endPage - 1);
    for (int granule = granules.indexOf(firstPage); granule <= last; granule++) {
      awaitMap(guest.message(token), host.granules[granule]);
    }
    midTurn("deflated", () -> core.deflated(token, firstPage, endPage), token, firstPage, endPage);
  }

  private void awaitMap(DeflateBook message, GranuleBook book) {
    boolean returnsUnmapped =
        gate == GatePhase.CLOSED && (closing || (closesGate() && book.resting));
    if (book.mapped || returnsUnmapped || plugs.contains(book.granule)) {
      return;
    }
    message.waits.set(book.granule);
    book.demanded |= !book.resting; // Else its timer makes it so.
    if (closesGate() && book.resting) {
      wantGateClosed();
    }
  }

  void deflateEnd(int token) {
    DeflateBook message = guest.message(token);
    message.whole = true;
    target.deflated(message.pages, gate == GatePhase.CLOSED);
    midTurn("deflateEnd", () -> core.deflateEnd(token, message.pages), token, message.pages);
  }

  void turnEnded() {
    turn("turnEnded", core::turnEnded);
  }

  /** Returns whether the engine asked for the device to be read again; once. */
  boolean takeWakeWanted() {
    boolean wanted = wakeWanted;
    wakeWanted = false;
    return wanted;
  }

  void resetRequested() {
    resetHeld = true;
    if (settings.resetPolicy() == ResetPolicy.CLOSE_GATE && !bootMapped()) {
      wantGateClosed();
    }
    turn("resetRequested", core::resetRequested);
  }

  void stopRequested() {
    stopHeld = true;
    driverMayBeGone = true;
    if (settings.resetPolicy() == ResetPolicy.CLOSE_GATE && !bootMapped()) {
      wantGateClosed();
    }
    turn("stopRequested", core::stopRequested);
  }

  void stopEnded() {
    stopHeld = false;
    driverMayBeGone = false;
    turn("stopEnded", core::stopEnded);
  }

  void succeed(PendingCall call) {
    end(call, Optional.empty());
  }

  void refuse(PendingCall call) {
    refuse(call, HostRefusedException.State.UNCHANGED);
  }

  /** Refuses; of a granule that is mapped again the map, or with LOST already the unmap before. */
  void refuse(PendingCall call, HostRefusedException.State state) {
    end(call, Optional.of(Refusals.of(call, state)));
  }

  private void end(PendingCall call, Optional<HostRefusedException> refusal) {
    if (call.kind() == UNMAP_ALL) {
      endUnmapping(call, refusal);
      return;
    }
    Optional<HostRefusedException> report = host.ended(call, refusal);
    GranuleBook book = host.granules[call.granule()];
    if (book.mapped) {
      guest.endWaits(book.granule);
      refusals.mapped();
    }
    report.ifPresent(cause -> rest(book, cause));
    turn(
        refusal.isEmpty() ? "done" : "refused",
        () -> {
          if (refusal.isEmpty()) {
            done(call);
          } else {
            notDone(call, refusal.get());
          }
        },
        call);
  }

  private void rest(GranuleBook book, HostRefusedException cause) {
    refusals.expect(book, cause);
    book.startOver();
    book.resting = true;
    if (closesGate() && guest.isWaitedFor(book.granule)) {
      if (gate == GatePhase.CLOSED) {
        guest.endWaits(book.granule);
      } else {
        wantGateClosed();
      }
    }
  }

  private void done(PendingCall call) {
    if (call.kind() == POPULATE) {
      core.populated(call.granule());
    } else {
      core.mapped(call.granule());
    }
  }

  private void notDone(PendingCall call, HostRefusedException refusal) {
    if (call.kind() == POPULATE) {
      core.populateFailed(call.granule(), refusal);
      return;
    }
    GranuleBook book = host.granules[call.granule()];
    boolean unmapRefused = book.remapping && refusal.state() == HostRefusedException.State.LOST;
    book.unsure = refusal.state() != HostRefusedException.State.UNCHANGED;
    book.remapping = false;
    if (unmapRefused) {
      core.unmapFailed(call.granule(), refusal);
    } else {
      core.mapFailed(call.granule(), refusal);
    }
  }

  private void endUnmapping(PendingCall call, Optional<HostRefusedException> refusal) {
    host.inFlight.remove(call);
    host.mappedPages.clear();
    turn(
        "unmapped",
        () -> refusal.ifPresentOrElse(core::unmapFailed, core::unmapped),
        refusal.isPresent());
  }

  /** Ends the change of the gate that is under way. */
  void gateMoved() {
    if (gate == GatePhase.OPENING) {
      gate = GatePhase.OPEN;
      turn("gateOpened", core::gateOpened);
    } else {
      gate = GatePhase.CLOSED;
      if (closesGate()) {
        Arrays.stream(host.granules)
            .filter(book -> book.refusals > 0)
            .forEach(book -> guest.endWaits(book.granule));
      }
      turn("gateClosed", core::gateClosed);
    }
  }

  boolean gateMoves() {
    return gate == GatePhase.OPENING || gate == GatePhase.CLOSING;
  }

  void dmaWanted() {
    int told = dmaWantedTold;
    turn("dmaWanted", core::dmaWanted);
    boolean shut = gate == GatePhase.CLOSED || gate == GatePhase.CLOSING;
    Rule.EARLY_DMA.require(dmaWantedTold - told == (shut ? 1 : 0), "told, gate", told, gate);
  }

  void operatorTarget(long pages) {
    target.operatorPages = pages;
    turn("operatorTarget", () -> core.operatorTarget(pages), pages);
  }

  void operatorRequest(long pages) {
    plugs.operatorPages = pages;
    turn("operatorRequest", () -> core.operatorRequest(pages), pages);
  }

  // What a virtio-mem device passes on, and what becomes of its queue.

  void plugAsked(int first, int end) {
    plugs.asked = new BitSet();
    plugs.asked.set(first, end);
    plugs.answerLost = false;
    int last = granules.indexOf(end - 1);
    for (int granule = granules.indexOf(first); granule <= last; granule++) {
      GranuleBook book = host.granules[granule];
      book.demanded |= !book.mapped && !book.resting && !closing;
    }
    midTurn("plugAsked", () -> core.plugAsked(first, end), first, end);
  }

  void plugDropped() {
    plugs.asked = new BitSet();
    plugs.answerLost = false;
    midTurn("plugDropped", core::plugDropped);
  }

  void unplugged(int first, int end) {
    plugs.plugged.clear(first, end);
    midTurn("unplugged", () -> core.unplugged(end - first), first, end);
  }

  void plugQueueStops() {
    plugs.queueStopped = true;
  }

  void plugQueueGoesOn() {
    plugs.queueStopped = false;
    if (plugs.isAsked()) {
      plugAsked(plugs.asked.nextSetBit(0), plugs.asked.length());
    }
  }

  void fire(int timer) {
    refusals.timers.remove(timer);
    if (timer == HostRest.TIMER) {
      if (!closing) {
        refusals.hostRested();
      }
    } else if (timer != TargetPolicy.TIMER && timer != PluggableMemory.TIMER) {
      GranuleBook book = host.granules[timer];
      book.resting = false;
      book.demanded = guest.isWaitedFor(timer) || plugs.awaits(timer);
    }
    turn("timer", () -> core.timer(timer), timer);
  }

  void close() {
    closing = true;
    wantGateClosed();
    if (gate == GatePhase.CLOSED) {
      guest.deflates.values().forEach(message -> message.waits.clear());
    }
    turn("close", core::close);
  }

  private void wantGateClosed() {
    reasonToClose |= gate == GatePhase.OPENING || gate == GatePhase.OPEN;
  }

  private boolean closesGate() {
    return settings.mapFailurePolicy() == MapFailurePolicy.CLOSE_GATE_AND_ACK;
  }

  // --- The commands -----------------------------------------------------------------------------

  @Override
  public void populate(int granule, long firstPage, long endPage) {
    PendingCall call = new PendingCall(POPULATE, granule, firstPage, endPage);
    command(call);
    GranuleBook book = host.granules[granule];
    requireTurnOf(book);
    if (!book.started && !book.demanded && !book.mapped && book.refusals == 0) {
      requireNextInBackground(book);
    }
    host.populate(call);
  }

  @Override
  public void map(int granule) {
    Rule.LEGAL_CALLS.require(
        !host.granules[granule].unsure, "mapped without an unmap before", granule);
    sendMap(granule);
  }

  @Override
  public void remap(int granule) {
    GranuleBook book = host.granules[granule];
    Rule.LEGAL_CALLS.require(book.unsure, "unmapped for no reason", granule);
    book.remapping = true;
    sendMap(granule);
  }

  private void sendMap(int granule) {
    GranuleBook book = host.granules[granule];
    PendingCall call = new PendingCall(MAP, granule, book.firstPage, book.endPage);
    command(call);
    requireTurnOf(book);
    host.map(call);
  }

  private void requireTurnOf(GranuleBook book) {
    Rule.CLOSE.require(!closing, "work begun after close", book.granule);
    Rule.DEMAND_FIRST.require(
        book.demanded || !host.aDemandedOneCanAdvance(), "not waited for", book.granule);
  }

  private void requireNextInBackground(GranuleBook book) {
    boolean mayFill = gate == GatePhase.CLOSED || mayBeReset();
    if (!mayFill || !isToFill(book)) {
      Rule.PRE_MAP.require(
          settings.async() && settings.preMap(), "no pre-map wanted", book.granule);
      if (plugs.contains(book.granule)) {
        Rule.PRE_MAP.require(
            nextToPlug().equals(Optional.of(book.granule)), "not next", book.granule, nextToPlug());
        Rule.PRE_MAP.require(
            !preMaps() || nextToPreMap().isEmpty(), "before what is ballooned", book.granule);
        return;
      }
      Rule.PRE_MAP.require(
          nextToPreMap().equals(Optional.of(book.granule)),
          "not next",
          book.granule,
          nextToPreMap());
      Rule.PRE_MAP.require(
          guest.balloon.pages() > target.operatorPages, "left to the operator", book.granule);
    }
  }

  private boolean isToFill(GranuleBook book) {
    return plugs.contains(book.granule)
        ? !settings.async()
        : !settings.async() || mayBeReset() || !guest.isWhollyBallooned(book);
  }

  private boolean mayBeReset() {
    return resetHeld || driverMayBeGone;
  }

  private Optional<Integer> nextToPreMap() {
    return guest.balloon.newestFirst().stream()
        .filter(it -> host.granules[it].isIdle() && host.granules[it].refusals == 0)
        .findFirst();
  }

  private Optional<Integer> nextToPlug() {
    return plugs.nextToMap(it -> host.granules[it].isIdle() && host.granules[it].refusals == 0);
  }

  @Override
  public void unmapAll() {
    PendingCall call = new PendingCall(UNMAP_ALL, -1, 0, 0);
    command(call);
    Rule.CLOSE.require(closing && !unmapping, "unmap out of turn");
    Rule.CLOSE.require(gate == GatePhase.CLOSED, "unmap, but the gate is", gate);
    Rule.CLOSE.require(host.inFlight.isEmpty(), "unmap beside", host.inFlight);
    Rule.CLOSE.require(!guest.hasWholeUnreturned(), "unmap before", guest.deflates.keySet());
    unmapping = true;
    host.send(call);
  }

  @Override
  public void acknowledge(int token) {
    command("acknowledge", token);
    Rule.MAP_BEFORE_ACK.require(guest.deflates.containsKey(token), "not pending", token);
    DeflateBook message = guest.message(token);
    guest.deflates.remove(token);
    guest.returned(message);
    Rule.MAP_BEFORE_ACK.require(message.whole, "not read whole", token);
    BitSet unmapped = (BitSet) message.named.clone();
    unmapped.andNot(host.mappedPages);
    boolean forgiven = gate == GatePhase.CLOSED && (closing || areRefused(unmapped));
    Rule.MAP_BEFORE_ACK.require(unmapped.isEmpty() || forgiven, "unmapped", token, unmapped, gate);
  }

  @Override
  public void deflateWaits(int token, long pages) {
    command("deflateWaits", token, pages);
    DeflateBook message = guest.message(token);
    Rule.WAITS.require(message.whole && waitTold.add(token), "waits", token, message.whole);
    Rule.WAITS.require(message.pages == pages, "pages", token, pages, message.pages);
  }

  @Override
  public void deflateWaited(int token) {
    command("deflateWaited", token);
    Rule.WAITS.require(waitTold.remove(token), "nobody said that it waits", token);
  }

  private boolean areRefused(BitSet pages) {
    return closesGate()
        && pages.stream().allMatch(page -> host.granules[granules.indexOf(page)].refusals > 0);
  }

  @Override
  public void readDevice() {
    command("readDevice");
    deflateLeft = false;
    wakeWanted = true;
  }

  @Override
  public void setTarget(long pages) {
    command("setTarget", pages);
    Rule.PACE.require(!refusals.timers.containsKey(TargetPolicy.TIMER), "too soon", pages);
    if (!closing) {
      target.set(pages, gate == GatePhase.CLOSED);
    }
  }

  @Override
  public boolean answerPlug(boolean acknowledged) {
    command("answerPlug", acknowledged);
    Rule.MAP_BEFORE_PLUG.require(plugs.isWaiting(), "nobody asks", plugs.asked);
    Rule.MAP_BEFORE_PLUG.require(acknowledged || closing, "refused for nothing", plugs.asked);
    BitSet unmapped = (BitSet) plugs.asked.clone();
    unmapped.andNot(host.mappedPages);
    Rule.MAP_BEFORE_PLUG.require(!acknowledged || unmapped.isEmpty(), "unmapped", unmapped);
    if (plugs.queueStopped) {
      plugs.answerLost = true;
      return false;
    }
    if (acknowledged) {
      plugs.plugged.or(plugs.asked);
    }
    plugs.asked = new BitSet();
    return true;
  }

  @Override
  public void setRequested(long pages) {
    command("setRequested", pages);
    plugs.shown = pages;
    if (closing) {
      return; // requirePlugsOfClosing looks at it.
    }
    Rule.PACE.require(!refusals.timers.containsKey(PluggableMemory.TIMER), "too soon", pages);
    long due = plugs.due(settings, host.mappedPages);
    Rule.REQUESTED.require(pages == due, "requested, due", pages, due);
  }

  @Override
  public void openGate() {
    command("openGate");
    Rule.GATE.require(gate == GatePhase.CLOSED, "opened while", gate);
    Rule.CLOSE.require(!closing, "opened after close");
    Rule.SYNC.require(settings.async() || host.allMapped(), "opened before all is mapped");
    gate = GatePhase.OPENING;
    requireGateRule();
  }

  @Override
  public void closeGate() {
    command("closeGate");
    Rule.GATE.require(gate == GatePhase.OPEN, "closed while", gate);
    Rule.NEVER_WORSE.require(reasonToClose, "closed for no reason");
    reasonToClose = false;
    gate = GatePhase.CLOSING;
  }

  @Override
  public void completeReset() {
    command("completeReset");
    Rule.RESET.require(resetHeld, "no reset was asked for");
    Rule.RESET.require(mayReset(), "gate, mapped pages", gate, host.mappedPages.cardinality());
    resetHeld = false;
    stopHeld = false;
    driverMayBeGone = false;
    guest.reset();
    waitTold.clear();
    for (GranuleBook book : host.granules) {
      book.doubtful = false;
    }
    target.reset();
  }

  @Override
  public void completeStop() {
    command("completeStop");
    Rule.RESET.require(stopHeld, "no stop was asked for");
    Rule.RESET.require(mayReset(), "gate, mapped pages", gate, host.mappedPages.cardinality());
    stopHeld = false;
  }

  private boolean mayReset() {
    return gate == GatePhase.CLOSED || bootMapped();
  }

  private boolean bootMapped() {
    return host.bootMapped();
  }

  @Override
  public void startTimer(int id, long nanos) {
    command("startTimer", id, nanos);
    refusals.timer(id, nanos);
  }

  @Override
  public void dmaWanted(EarlyDmaPolicy policy) {
    command("dmaWanted", policy);
    Rule.EARLY_DMA.require(policy == settings.earlyDmaPolicy(), "another policy", policy);
    dmaWantedTold++;
  }

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    command("refused", attempt, retryNanos);
    if (!unmapping) {
      refusals.reported(refusal, attempt, retryNanos);
    }
  }

  @Override
  public void closed() {
    command("closed");
    Rule.CLOSE.require(unmapping && host.inFlight.isEmpty(), "closed before it is unmapped");
    closed = true;
  }

  private void command(Object... what) {
    log.add("    " + Arrays.toString(what));
    Rule.CLOSE.require(!closed, "a command after closed", what);
  }

  // --- The rules --------------------------------------------------------------------------------

  private void midTurn(String name, Runnable event, Object... what) {
    log.add(name + Arrays.toString(what));
    event.run();
    requireGateRule();
  }

  private void turn(String name, Runnable event, Object... what) {
    log.add(name + Arrays.toString(what));
    event.run();
    requireRules();
  }

  private void requireRules() {
    if (gate == GatePhase.CLOSED && closing) {
      guest.deflates.values().forEach(message -> message.waits.clear());
    }
    requireGateRule();
    refusals.requireDone();
    Rule.WAITS.require(
        guest.deflates.keySet().containsAll(waitTold), "acknowledged, and nobody knows", waitTold);
    if (closed) {
      return;
    }
    guest.deflates.forEach(
        (token, message) ->
            Rule.NEVER_WORSE.require(
                !message.whole || !message.waits.isEmpty(), "kept for nothing", token));
    Rule.RESET.require(!resetHeld || !mayReset(), "held for nothing");
    Rule.RESET.require(!stopHeld || !mayReset(), "a stop held for nothing");
    Rule.NEVER_WORSE.require(
        gate != GatePhase.OPEN || !reasonToClose, "the gate should be closing");
    Rule.BOUNDED_BOOKS.require(
        !deflateLeft || guest.waits() >= DeflateLedger.MAX_WAITS, "room, and nobody reads on");
    if (closing) {
      Rule.CLOSE.require(!plugs.isWaiting(), "a plug waits after close", plugs.asked);
      Rule.CLOSE.require(
          unmapping || gate != GatePhase.CLOSED || !host.inFlight.isEmpty(), "close stands still");
      requirePlugsOfClosing();
    } else {
      requireDiligence();
      requireTarget();
      requirePlugs();
    }
    requireBooksAgree();
  }

  private void requireGateRule() {
    if (gate != GatePhase.CLOSED) {
      BitSet reachable = guest.owned();
      reachable.andNot(host.mappedPages);
      Rule.GATE.require(reachable.isEmpty(), "guest-owned and unmapped", reachable);
      Rule.RESET.require(
          !driverMayBeGone || stopHeld || bootMapped(), "the driver may be gone, gate", gate);
    }
  }

  private void requireBooksAgree() {
    Rule.RESET.require(
        core.balloonedPages() == guest.balloon.pages(),
        "ballooned, as counted",
        core.balloonedPages(),
        guest.balloon.pages());
    Rule.ONE_STATE.require(
        core.mappedPages() == host.mappedPages.cardinality(),
        "mapped pages, as counted",
        core.mappedPages(),
        host.mappedPages.cardinality());
    long unplugged = (long) plugs.region.cardinality() - plugs.plugged.cardinality();
    Rule.MAP_BEFORE_PLUG.require(
        core.unpluggedPages() == unplugged,
        "not plugged, as counted",
        core.unpluggedPages(),
        unplugged);
    Rule.GATE.require(core.isDmaReady() == (gate == GatePhase.OPEN), "DMA ready, gate", gate);
  }

  /** A guest that is asked for more than it has repeats what was refused without end. */
  private void requirePlugsOfClosing() {
    int plugged = plugs.plugged.cardinality();
    Rule.REQUESTED.require(
        plugs.shown == plugged, "shown when closing, plugged", plugs.shown, plugged);
  }

  private void requirePlugs() {
    BitSet unmapped = (BitSet) plugs.asked.clone();
    unmapped.andNot(host.mappedPages);
    Rule.NEVER_WORSE.require(
        !plugs.isWaiting() || !unmapped.isEmpty(), "a plug kept for nothing", plugs.asked);
    long due = plugs.due(settings, host.mappedPages);
    boolean paced = refusals.timers.containsKey(PluggableMemory.TIMER);
    Rule.REQUESTED.require(paced || plugs.shown == due, "shown, due", plugs.shown, due);
  }

  private void requireTarget() {
    if (!refusals.timers.containsKey(TargetPolicy.TIMER)) {
      target.requireUpToDate(gate == GatePhase.CLOSED);
    }
  }

  private void requireDiligence() {
    Rule.NEVER_WORSE.require(gate != GatePhase.CLOSED || !mayOpen(), "the gate should be opening");
    if (!host.hasIdleWorker()) {
      return;
    }
    Rule.NEVER_WORSE.require(!host.aDemandedOneCanAdvance(), "a deflate waits, and a worker");
    for (GranuleBook book : host.granules) {
      Rule.NEVER_WORSE.require(!host.canAdvance(book), "left half-way", book.granule);
    }
    if (host.mayBegin()) {
      boolean fills = gate == GatePhase.CLOSED || mayBeReset();
      for (GranuleBook book : host.granules) {
        boolean due = book.isIdle() && (book.refusals > 0 || (fills && isToFill(book)));
        Rule.NEVER_WORSE.require(!due, "nobody maps", book.granule);
      }
      Rule.PRE_MAP.require(!preMaps() || nextToPreMap().isEmpty(), "nobody maps", nextToPreMap());
      Rule.PRE_MAP.require(
          !(settings.async() && settings.preMap()) || nextToPlug().isEmpty(),
          "nobody maps what is to be plugged",
          nextToPlug());
    }
  }

  private boolean counts(GranuleBook book) {
    return plugs.contains(book.granule) || (guest.isWhollyBallooned(book) && !book.doubtful);
  }

  private boolean mayOpen() {
    return host.allMapped()
        || (settings.async()
            && !driverMayBeGone
            && guest.isAnswered()
            && host.count(book -> !book.mapped && !counts(book)) == 0)
        || (settings.async() && bootMapped());
  }

  private boolean preMaps() {
    long underWay =
        Arrays.stream(host.granules)
            .filter(book -> book.started && !book.demanded && !plugs.contains(book.granule))
            .mapToLong(GranuleBook::pages)
            .sum();
    long left = guest.balloon.pages() - guest.returnOrder.readyPages() - underWay;
    return settings.async() && settings.preMap() && left > target.operatorPages;
  }
}
