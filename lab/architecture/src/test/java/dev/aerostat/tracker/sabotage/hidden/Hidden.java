package dev.aerostat.tracker.sabotage.hidden;

/** In a package that is not exported. */
public class Hidden {}
