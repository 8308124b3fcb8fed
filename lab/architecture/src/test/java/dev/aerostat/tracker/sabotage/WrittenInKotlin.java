package dev.aerostat.tracker.sabotage;

import kotlin.Metadata;

/** As a Kotlin compiler marks what it writes. */
@Metadata
public final class WrittenInKotlin {}
