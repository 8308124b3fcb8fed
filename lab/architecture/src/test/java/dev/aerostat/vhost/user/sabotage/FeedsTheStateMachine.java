package dev.aerostat.vhost.user.sabotage;

import dev.aerostat.engine.core.EngineCore;

/** A transport that would tell the engine what is for the device to tell. */
public final class FeedsTheStateMachine {
  static void inflateAll(EngineCore core, long pages) {
    core.inflated(0, pages, false);
  }
}
