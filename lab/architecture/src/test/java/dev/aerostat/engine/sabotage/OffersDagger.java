package dev.aerostat.engine.sabotage;

import dagger.Module;

/** Dagger in an exported package. */
@Module
public final class OffersDagger {}
