package dev.aerostat.engine.core;

import static dev.aerostat.engine.core.EngineHarness.GatePhase.CLOSED;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.testkit.ForwardingTracker;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** For each rule, engines weakened on purpose: a rule that none of them breaks proves nothing. */
final class Saboteurs {
  private Saboteurs() {}

  /**
   * One way to break a rule.
   *
   * @param world the settings under which it shows
   */
  record Saboteur(Rule breaks, String how, UnaryOperator<CoreSettings> world, Sabotage sabotage) {
    @Override
    public String toString() {
      return breaks + ": " + how;
    }
  }

  static List<Saboteur> all() {
    return List.of(
        tracker(Rule.GATE, "most is taken for all", Saboteurs::mostIsAll),
        commands(Rule.GATE, "the gate opens at the first map", OpensEarly::new),
        settings(Rule.SYNC, "does not wait for all", it -> async(it, false), it -> async(it, true)),
        commands(Rule.MAP_BEFORE_ACK, "returns while it populates", ReturnsEarly::new),
        settings(
            Rule.MAP_BEFORE_ACK,
            "returns what was refused",
            it -> onFailure(it, MapFailurePolicy.HOLD),
            it -> onFailure(it, MapFailurePolicy.CLOSE_GATE_AND_ACK)),
        commands(Rule.LEGAL_CALLS, "maps before it populates", MapsAtOnce::new),
        commands(Rule.LEGAL_CALLS, "does not unmap what may be mapped", MapsUnsure::new),
        settings(Rule.LEGAL_CALLS, "a worker too many", it -> it, it -> workers(it, 1)),
        settings(
            Rule.LEGAL_CALLS,
            "maps side by side",
            it -> concurrent(it, false),
            it -> concurrent(it, true)),
        commands(Rule.ONE_STATE, "maps twice", MapsTwice::new),
        commands(Rule.ONE_STATE, "populates while it maps", PopulatesAgain::new),
        commands(Rule.NEVER_WORSE, "never opens the gate", NeverOpens::new),
        commands(Rule.NEVER_WORSE, "never returns a deflate", NeverReturns::new),
        commands(Rule.NEVER_WORSE, "loses a slice", LosesSlices::new),
        commands(Rule.NEVER_WORSE, "never closes the gate", NeverCloses::new),
        settings(Rule.NEVER_WORSE, "a worker sleeps", it -> workers(it, 1), it -> workers(it, -1)),
        commands(Rule.RESET, "lets a reset happen at once", ResetsEarly::new),
        commands(Rule.RESET, "holds a reset without end", NeverResets::new),
        commands(Rule.RESET, "lets a stop happen at once", StopsEarly::new),
        commands(Rule.RESET, "holds a stop without end", NeverStops::new),
        tracker(Rule.RESET, "keeps the old balloon", Saboteurs::neverCleared),
        commands(Rule.BOUNDED_BOOKS, "never reads on", NeverReadsOn::new),
        commands(Rule.TARGET, "asks for half", h -> new MovesTarget(h, 0.5)),
        commands(Rule.TARGET, "asks for too much", h -> new MovesTarget(h, 1.5)),
        commands(Rule.TARGET, "never moves the target", NeverMovesTarget::new),
        commands(Rule.PACE, "two targets at once", TwoTargets::new),
        commands(Rule.PACE, "a short pause", h -> new ShortTimers(h, true)),
        commands(Rule.CLOSE, "unmaps before the gate is closed", UnmapsEarly::new),
        commands(Rule.CLOSE, "never unmaps", NeverUnmaps::new),
        commands(Rule.CLOSE, "keeps deflates at close", KeepsAtClose::new),
        commands(Rule.CLOSE, "speaks after closed", SpeaksAfterClosed::new),
        commands(Rule.EARLY_DMA, "ignores the guest's wish", IgnoresDma::new),
        commands(Rule.EARLY_DMA, "does as it likes", OtherPolicy::new),
        commands(Rule.REFUSALS, "says nothing", Hushes::new),
        commands(Rule.WAITS, "does not end a wait", WaitsOn::new),
        commands(Rule.REFUSALS, "does not rest longer each time", RestsEvenly::new),
        commands(Rule.REFUSALS, "never tries again", NeverRetries::new),
        commands(Rule.REFUSALS, "never rests the host", NeverRestsTheHost::new),
        commands(Rule.REFUSALS, "tries again at once", h -> new ShortTimers(h, false)),
        commands(Rule.DEMAND_FIRST, "something else first", SomethingElseFirst::new),
        tracker(Rule.PRE_MAP, "oldest first", OldestFirst::new),
        settings(
            Rule.PRE_MAP, "waits to be asked", it -> preMap(it, true), it -> preMap(it, false)),
        settings(Rule.PRE_MAP, "maps unasked", it -> preMap(it, false), it -> preMap(it, true)),
        commands(Rule.MAP_BEFORE_PLUG, "plugs while it populates", PlugsEarly::new),
        commands(Rule.MAP_BEFORE_PLUG, "refuses what waits", RefusesPlugs::new),
        commands(Rule.NEVER_WORSE, "never answers a plug", NeverPlugs::new),
        commands(Rule.REQUESTED, "asks for all at once", RequestsAll::new),
        commands(Rule.REQUESTED, "never asks for more", NeverRequests::new));
  }

  private static Saboteur tracker(Rule rule, String how, UnaryOperator<BalloonTracker> lie) {
    return new Saboteur(rule, how, it -> async(it, true), Sabotage.ofTracker(lie));
  }

  private static Saboteur commands(
      Rule rule, String how, Function<EngineHarness, EngineCommands> commands) {
    return new Saboteur(rule, how, it -> async(it, true), Sabotage.ofCommands(commands));
  }

  private static Saboteur settings(
      Rule rule, String how, UnaryOperator<CoreSettings> world, UnaryOperator<CoreSettings> lie) {
    return new Saboteur(rule, how, world, Sabotage.ofSettings(lie));
  }

  // --- Settings other than those agreed on ------------------------------------------------------

  private static CoreSettings async(CoreSettings it, boolean value) {
    return copy(it, value, it.preMap(), it.workers(), it.concurrentMaps(), it.mapFailurePolicy());
  }

  private static CoreSettings preMap(CoreSettings it, boolean value) {
    return copy(it, true, value, it.workers(), it.concurrentMaps(), it.mapFailurePolicy());
  }

  private static CoreSettings workers(CoreSettings it, int more) {
    return copy(
        it,
        it.async(),
        it.preMap(),
        it.workers() + more,
        it.concurrentMaps(),
        it.mapFailurePolicy());
  }

  private static CoreSettings concurrent(CoreSettings it, boolean value) {
    return copy(it, it.async(), it.preMap(), 4, value, it.mapFailurePolicy());
  }

  private static CoreSettings onFailure(CoreSettings it, MapFailurePolicy value) {
    return copy(it, it.async(), it.preMap(), it.workers(), it.concurrentMaps(), value);
  }

  private static CoreSettings copy(
      CoreSettings it,
      boolean async,
      boolean preMap,
      int workers,
      boolean concurrentMaps,
      MapFailurePolicy mapFailurePolicy) {
    return new CoreSettings(
        async,
        preMap,
        it.guestMinimumPages(),
        workers,
        concurrentMaps,
        it.slicePages(),
        mapFailurePolicy,
        it.earlyDmaPolicy(),
        it.resetPolicy());
  }

  // --- Trackers that lie ------------------------------------------------------------------------

  static BalloonTracker mostIsAll(BalloonTracker honest) {
    return new ForwardingTracker(honest) {
      @Override
      public boolean containsAll(long firstPage, long endPage) {
        return honest.pagesIn(firstPage, endPage) >= (endPage - firstPage) / 2;
      }
    };
  }

  private static BalloonTracker neverCleared(BalloonTracker honest) {
    return new ForwardingTracker(honest) {
      @Override
      public void clear() {}
    };
  }

  private static final class OldestFirst extends ForwardingTracker {
    OldestFirst(BalloonTracker honest) {
      super(honest);
    }

    private List<Integer> newestFirst() {
      return ((BitSetTracker) delegate).newestFirst();
    }

    @Override
    public int mostRecentGranule() {
      return newestFirst().isEmpty() ? NONE : newestFirst().getLast();
    }

    @Override
    public int nextOlderGranule(int granule) {
      int position = newestFirst().indexOf(granule);
      return position <= 0 ? NONE : newestFirst().get(position - 1);
    }
  }

  // --- Commands that are lost, doubled, hurried or made up --------------------------------------

  private static final class OpensEarly extends ForwardingCommands {
    OpensEarly(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void map(int granule) {
      super.map(granule);
      if (harness.gate == CLOSED) {
        harness.openGate();
      }
    }
  }

  private static final class ReturnsEarly extends ForwardingCommands {
    ReturnsEarly(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void populate(int granule, long firstPage, long endPage) {
      super.populate(granule, firstPage, endPage);
      if (harness.guest.hasWholeUnreturned()) {
        harness.acknowledge(harness.guest.deflates.firstKey());
      }
    }
  }

  private static final class MapsAtOnce extends ForwardingCommands {
    MapsAtOnce(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void populate(int granule, long firstPage, long endPage) {
      super.populate(granule, firstPage, endPage);
      harness.map(granule);
    }
  }

  private static final class MapsUnsure extends ForwardingCommands {
    MapsUnsure(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void remap(int granule) {
      harness.map(granule);
    }
  }

  private static final class MapsTwice extends ForwardingCommands {
    MapsTwice(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void map(int granule) {
      super.map(granule);
      harness.map(granule);
    }
  }

  private static final class PopulatesAgain extends ForwardingCommands {
    PopulatesAgain(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void map(int granule) {
      super.map(granule);
      GranuleBook book = harness.host.granules[granule];
      harness.populate(granule, book.firstPage, book.endPage);
    }
  }

  private static final class PlugsEarly extends ForwardingCommands {
    PlugsEarly(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void populate(int granule, long firstPage, long endPage) {
      super.populate(granule, firstPage, endPage);
      if (harness.plugs.isWaiting()) {
        boolean _ = harness.answerPlug(true);
      }
    }
  }

  private static final class RefusesPlugs extends ForwardingCommands {
    RefusesPlugs(EngineHarness harness) {
      super(harness);
    }

    @Override
    public boolean answerPlug(boolean acknowledged) {
      return harness.answerPlug(false);
    }
  }

  private static final class NeverPlugs extends ForwardingCommands {
    NeverPlugs(EngineHarness harness) {
      super(harness);
    }

    @Override
    public boolean answerPlug(boolean acknowledged) {
      return false;
    }
  }

  private static final class RequestsAll extends ForwardingCommands {
    RequestsAll(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void setRequested(long pages) {
      harness.setRequested(harness.plugs.region.cardinality());
    }
  }

  private static final class NeverRequests extends ForwardingCommands {
    NeverRequests(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void setRequested(long pages) {}
  }

  private static final class NeverOpens extends ForwardingCommands {
    NeverOpens(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void openGate() {}
  }

  private static final class NeverReturns extends ForwardingCommands {
    NeverReturns(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void acknowledge(int token) {}
  }

  private static final class LosesSlices extends ForwardingCommands {
    LosesSlices(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void populate(int granule, long firstPage, long endPage) {
      if (granule % 5 != 0) {
        super.populate(granule, firstPage, endPage);
      }
    }
  }

  private static final class NeverCloses extends ForwardingCommands {
    NeverCloses(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void closeGate() {}
  }

  private static final class ResetsEarly extends ForwardingCommands {
    ResetsEarly(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void closeGate() {
      super.closeGate();
      resetNow();
    }

    @Override
    public void populate(int granule, long firstPage, long endPage) {
      super.populate(granule, firstPage, endPage);
      resetNow();
    }

    private void resetNow() {
      if (harness.resetHeld) {
        harness.completeReset();
      }
    }
  }

  private static final class NeverResets extends ForwardingCommands {
    NeverResets(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void completeReset() {}
  }

  private static final class StopsEarly extends ForwardingCommands {
    StopsEarly(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void populate(int granule, long firstPage, long endPage) {
      super.populate(granule, firstPage, endPage);
      if (harness.stopHeld) {
        harness.completeStop();
      }
    }
  }

  private static final class NeverStops extends ForwardingCommands {
    NeverStops(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void completeStop() {}
  }

  private static final class NeverReadsOn extends ForwardingCommands {
    NeverReadsOn(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void readDevice() {}
  }

  private static final class MovesTarget extends ForwardingCommands {
    private final double factor;

    MovesTarget(EngineHarness harness, double factor) {
      super(harness);
      this.factor = factor;
    }

    @Override
    public void setTarget(long pages) {
      super.setTarget((long) (pages * factor));
    }
  }

  private static final class NeverMovesTarget extends ForwardingCommands {
    NeverMovesTarget(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void setTarget(long pages) {}
  }

  private static final class TwoTargets extends ForwardingCommands {
    TwoTargets(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void startTimer(int id, long nanos) {
      super.startTimer(id, nanos);
      harness.setTarget(harness.target.shown);
    }
  }

  private static final class NeverRestsTheHost extends ForwardingCommands {
    NeverRestsTheHost(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void startTimer(int id, long nanos) {
      if (id != HostRest.TIMER) {
        super.startTimer(id, nanos);
      }
    }
  }

  private static final class ShortTimers extends ForwardingCommands {
    private final boolean pacing;

    ShortTimers(EngineHarness harness, boolean pacing) {
      super(harness);
      this.pacing = pacing;
    }

    @Override
    public void startTimer(int id, long nanos) {
      super.startTimer(id, pacing == (id == TargetPolicy.TIMER) ? 1 : nanos);
    }
  }

  private static final class UnmapsEarly extends ForwardingCommands {
    UnmapsEarly(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void closeGate() {
      super.closeGate();
      harness.unmapAll();
    }
  }

  private static final class NeverUnmaps extends ForwardingCommands {
    NeverUnmaps(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void unmapAll() {}
  }

  private static final class KeepsAtClose extends ForwardingCommands {
    KeepsAtClose(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void acknowledge(int token) {
      if (!harness.closing) {
        super.acknowledge(token);
      }
    }
  }

  private static final class SpeaksAfterClosed extends ForwardingCommands {
    SpeaksAfterClosed(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void closed() {
      super.closed();
      harness.readDevice();
    }
  }

  private static final class IgnoresDma extends ForwardingCommands {
    IgnoresDma(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void dmaWanted(EarlyDmaPolicy policy) {}
  }

  private static final class OtherPolicy extends ForwardingCommands {
    OtherPolicy(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void dmaWanted(EarlyDmaPolicy policy) {
      super.dmaWanted(policy == EarlyDmaPolicy.HOLD ? EarlyDmaPolicy.PAUSE : EarlyDmaPolicy.HOLD);
    }
  }

  private static final class WaitsOn extends ForwardingCommands {
    WaitsOn(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void deflateWaited(int token) {}
  }

  private static final class Hushes extends ForwardingCommands {
    Hushes(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void refused(HostRefusedException refusal, int attempt, long retryNanos) {}
  }

  private static final class RestsEvenly extends ForwardingCommands {
    RestsEvenly(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
      super.refused(refusal, attempt, 10_000_000);
    }

    @Override
    public void startTimer(int id, long nanos) {
      super.startTimer(id, id == TargetPolicy.TIMER ? nanos : 10_000_000);
    }
  }

  private static final class NeverRetries extends ForwardingCommands {
    NeverRetries(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void startTimer(int id, long nanos) {
      if (id == TargetPolicy.TIMER) {
        super.startTimer(id, nanos);
      }
    }
  }

  private static final class SomethingElseFirst extends ForwardingCommands {
    SomethingElseFirst(EngineHarness harness) {
      super(harness);
    }

    @Override
    public void populate(int granule, long firstPage, long endPage) {
      for (GranuleBook book : harness.host.granules) {
        if (book.isIdle() && harness.host.granules[granule].demanded) {
          harness.populate(book.granule, book.firstPage, book.firstPage + 1);
        }
      }
      super.populate(granule, firstPage, endPage);
    }
  }
}
