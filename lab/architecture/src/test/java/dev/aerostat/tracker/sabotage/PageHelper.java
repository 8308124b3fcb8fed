package dev.aerostat.tracker.sabotage;

/** A name that says nothing. */
public final class PageHelper {}
