package dev.aerostat.engine.core;

import dev.aerostat.api.BalloonTracker;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What is put between a state machine and its world, to break it. */
record Sabotage(
    UnaryOperator<CoreSettings> settings,
    UnaryOperator<BalloonTracker> tracker,
    Function<EngineHarness, EngineCommands> commands) {
  static Sabotage none() {
    return new Sabotage(it -> it, it -> it, it -> it);
  }

  static Sabotage ofSettings(UnaryOperator<CoreSettings> settings) {
    return new Sabotage(settings, it -> it, it -> it);
  }

  static Sabotage ofTracker(UnaryOperator<BalloonTracker> tracker) {
    return new Sabotage(it -> it, tracker, it -> it);
  }

  static Sabotage ofCommands(Function<EngineHarness, EngineCommands> commands) {
    return new Sabotage(it -> it, it -> it, commands);
  }
}
