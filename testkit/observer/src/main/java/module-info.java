/**
 * A page-by-page oracle for a VMM's own boots: it stands between the engine and its mapper, gate
 * and host memory, reads the rings in guest memory itself, and counts each breach of the rules.
 *
 * <p>It shares no code with the engine, the tracker, the codec and the simulated guest, so where it
 * agrees with them, they agree about the rules and not about a common mistake.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.observer {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.mapper.spi;

  exports dev.aerostat.observer;
}
