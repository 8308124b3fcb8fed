package dev.aerostat.engine.core;

import java.util.List;

/** How every run ends: the host answers all, the guest gets all, and the engine closes. */
final class OrderlyShutdown {
  private static final int LONG_ENOUGH = 100_000;
  private static final int MESSAGE_PAGES = 32;

  private OrderlyShutdown() {}

  /** Lets the host, the gate and the clock do all that was asked; the gate must be open then. */
  static void settle(EngineHarness harness) {
    drain(harness);
    Rule.NEVER_WORSE.require(
        harness.gate == EngineHarness.GatePhase.OPEN, "all is done but the gate is", harness.gate);
    Rule.RESET.require(!harness.resetHeld, "all is done but the reset is held");
    Rule.NEVER_WORSE.require(!harness.guest.hasWholeUnreturned(), "a deflate waits without end");
    boolean mapsAll = !harness.settings.async() || harness.settings.preMap();
    Rule.PRE_MAP.require(
        !mapsAll || harness.target.operatorPages > 0 || isMapped(harness), "left unmapped");
  }

  private static boolean isMapped(EngineHarness harness) {
    boolean all = harness.plugs.operatorPages == harness.plugs.region.cardinality();
    return all ? harness.host.allMapped() : harness.host.bootMapped();
  }

  private static void drain(EngineHarness harness) {
    for (int i = 0; i < LONG_ENOUGH; i++) {
      if (harness.gateMoves()) {
        harness.gateMoved();
      } else if (!harness.host.inFlight.isEmpty()) {
        harness.succeed(harness.host.inFlight.get(0));
      } else if (!harness.refusals.timers.isEmpty() && !harness.closed) {
        harness.fire(harness.refusals.timers.firstKey());
      } else {
        return;
      }
    }
    Rule.NEVER_WORSE.require(false, "never comes to rest");
  }

  /** The guest follows the target, and must end with an empty balloon and all of it mapped. */
  static void returnOrder(EngineHarness harness) {
    settle(harness);
    while (harness.guest.balloon.pages() > harness.core.targetPages()) {
      long end = harness.guest.balloon.bits().length();
      int region = harness.granules.memory().regionOfPage(end - 1);
      long first = harness.granules.memory().region(region).range().firstPage();
      harness.deflateBegin(0);
      harness.deflated(0, Math.max(first, end - MESSAGE_PAGES), end);
      harness.deflateEnd(0);
      harness.turnEnded();
      settle(harness);
    }
    plugAll(harness);
    Rule.TARGET.require(
        harness.guest.balloon.pages() == 0, "a balloon is left", harness.guest.balloon.pages());
    Rule.NEVER_WORSE.require(harness.host.allMapped(), "memory is left unmapped");
  }

  private static void plugAll(EngineHarness harness) {
    if (harness.plugs.queueStopped) {
      harness.plugQueueGoesOn();
      harness.turnEnded();
      settle(harness);
    }
    harness.operatorRequest(harness.plugs.region.cardinality());
    settle(harness);
    Rule.MAP_BEFORE_PLUG.require(!harness.plugs.isAsked(), "waits without end");
    for (int page = harness.plugs.region.nextSetBit(0); page >= 0; ) {
      if (!harness.plugs.plugged.get(page)) {
        Rule.REQUESTED.require(harness.plugs.passes(page, page + 1), "never asked to", page);
        harness.plugAsked(page, page + 1);
        harness.turnEnded();
        settle(harness);
      }
      page = harness.plugs.region.nextSetBit(page + 1);
    }
    Rule.MAP_BEFORE_PLUG.require(
        harness.plugs.plugged.equals(harness.plugs.region),
        "left unplugged",
        harness.plugs.plugged);
  }

  /** Closes at any moment, twice; nothing may follow. */
  static void close(EngineHarness harness) {
    if (!harness.closed) {
      harness.close();
      drain(harness);
    }
    Rule.CLOSE.require(harness.closed, "never closed");
    harness.close();
    List.copyOf(harness.refusals.timers.keySet()).forEach(harness::fire);
  }
}
