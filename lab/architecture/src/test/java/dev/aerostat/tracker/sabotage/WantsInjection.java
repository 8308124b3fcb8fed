package dev.aerostat.tracker.sabotage;

import jakarta.inject.Inject;

/** Dagger outside the engine. */
public final class WantsInjection {
  @Inject
  WantsInjection() {}
}
