package dev.aerostat.tracker.sabotage.loop;

import dev.aerostat.tracker.sabotage.loop.back.AndBack;

/** Half of a cycle of packages. */
public final class There {
  AndBack next;
}
