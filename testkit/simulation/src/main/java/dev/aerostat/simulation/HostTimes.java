package dev.aerostat.simulation;

/**
 * What the host's calls came to.
 *
 * @param mapCalls map calls
 * @param mapNanos time in them
 * @param populateNanos time in populate calls, of all threads
 */
record HostTimes(long mapCalls, long mapNanos, long populateNanos) {}
