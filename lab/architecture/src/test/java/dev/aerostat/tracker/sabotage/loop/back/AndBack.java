package dev.aerostat.tracker.sabotage.loop.back;

import dev.aerostat.tracker.sabotage.loop.There;

/** The other half of a cycle of packages. */
public final class AndBack {
  There next;
}
