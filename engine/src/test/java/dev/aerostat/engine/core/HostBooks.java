package dev.aerostat.engine.core;

import static dev.aerostat.engine.core.PendingCall.Kind.MAP;
import static dev.aerostat.engine.core.PendingCall.Kind.POPULATE;

import dev.aerostat.api.Granules;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MapFailurePolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The host as the test sees it: what is under way, what is mapped, and which calls are legal. */
final class HostBooks {
  final GranuleBook[] granules;
  final BitSet mappedPages = new BitSet();
  final List<PendingCall> inFlight = new ArrayList<>();
  private final CoreSettings settings;
  private final RefusalBooks refusals;
  private final PlugPlan pluggable;

  HostBooks(Granules plan, CoreSettings settings, RefusalBooks refusals, PlugPlan pluggable) {
    this.settings = settings;
    this.pluggable = pluggable;
    this.refusals = refusals;
    this.granules = new GranuleBook[plan.count()];
    for (int i = 0; i < granules.length; i++) {
      granules[i] = new GranuleBook(i, plan.firstPage(i), plan.endPage(i));
    }
  }

  void populate(PendingCall call) {
    GranuleBook book = granules[call.granule()];
    Rule.ONE_STATE.require(!book.mapped && !book.mapping, "populate beside or after map", call);
    Rule.REFUSALS.require(!book.resting, "populate of a granule at rest", call);
    Rule.LEGAL_CALLS.require(
        book.hasSlice()
            && call.firstPage() == book.nextPage
            && call.endPage() > call.firstPage()
            && call.endPage() <= book.endPage
            && call.endPage() - call.firstPage() <= settings.slicePages(),
        "a slice out of turn: next page, slice pages",
        call,
        book.nextPage,
        settings.slicePages());
    Rule.REFUSALS.require(
        book.started || mayBeTried(neverRests(book)), "begun while the host rests", call);
    book.started = true;
    book.nextPage = call.endPage();
    book.slicesOut++;
    send(call);
  }

  void map(PendingCall call) {
    GranuleBook book = granules[call.granule()];
    Rule.ONE_STATE.require(!book.mapped && !book.mapping, "mapped twice", call);
    Rule.LEGAL_CALLS.require(book.readyToMap(), "map of what is not populated", call);
    Rule.LEGAL_CALLS.require(mapsOut() < mostMaps(), "more maps side by side than", mostMaps());
    book.mapping = true;
    send(call);
  }

  void send(PendingCall call) {
    inFlight.add(call);
    Rule.LEGAL_CALLS.require(
        inFlight.size() <= settings.workers(), "more calls than workers", inFlight);
  }

  /** Ends a call; returns the refusal that the engine must report now. */
  Optional<HostRefusedException> ended(PendingCall call, Optional<HostRefusedException> refusal) {
    inFlight.remove(call);
    GranuleBook book = granules[call.granule()];
    if (call.kind() == POPULATE) {
      book.slicesOut--;
    } else {
      book.mapping = false;
    }
    if (book.refusal.isEmpty()) {
      book.refusal = refusal;
    }
    if (call.kind() == MAP && refusal.isEmpty()) {
      book.mapped = true;
      book.unsure = false;
      book.remapping = false;
      book.doubtful = false;
      book.refusals = 0;
      book.startOver();
      mappedPages.set((int) book.firstPage, (int) book.endPage);
    }
    return book.slicesOut == 0 ? book.refusal : Optional.empty();
  }

  /** Returns whether all is mapped but what is pluggable. */
  boolean bootMapped() {
    return count(book -> !book.mapped && !pluggable.contains(book.granule)) == 0;
  }

  boolean allMapped() {
    return count(book -> !book.mapped) == 0;
  }

  long count(Predicate<GranuleBook> what) {
    return Arrays.stream(granules).filter(what).count();
  }

  boolean hasIdleWorker() {
    return inFlight.size() < settings.workers();
  }

  /** Returns whether one that nobody waits for may begin. */
  boolean mayBegin() {
    return mayBeTried(false) && isRoom(false);
  }

  private boolean mayBegin(GranuleBook demanded) {
    return mayBeTried(neverRests(demanded)) && isRoom(true);
  }

  /** Each kind of work has so many granules begun at most: they wait for the one map. */
  private boolean isRoom(boolean demanded) {
    return count(book -> book.started && book.demanded == demanded) < 2L * settings.workers();
  }

  private boolean mayBeTried(boolean neverRests) {
    return neverRests || refusals.hostMayBeTried(count(book -> book.started));
  }

  /**
   * Where a refusal lets a deflate go, what a deflate waits for is tried at once; a plug goes
   * nowhere before it is mapped.
   */
  private boolean neverRests(GranuleBook book) {
    return book.demanded
        && !pluggable.contains(book.granule)
        && settings.mapFailurePolicy() == MapFailurePolicy.CLOSE_GATE_AND_ACK;
  }

  boolean canAdvance(GranuleBook book) {
    return book.started && (book.hasSlice() || (book.readyToMap() && mapsOut() < mostMaps()));
  }

  boolean aDemandedOneCanAdvance() {
    return Arrays.stream(granules)
        .filter(book -> book.demanded)
        .anyMatch(book -> canAdvance(book) || (book.isQueued() && mayBegin(book)));
  }

  private long mapsOut() {
    return inFlight.stream().filter(call -> call.kind() == MAP).count();
  }

  private int mostMaps() {
    return settings.concurrentMaps() ? settings.workers() : 1;
  }
}
