package dev.aerostat.engine;

import dev.aerostat.api.HostOperation;

/**
 * A call that a worker made to the host: it populated, mapped or unmapped memory. Immutable.
 *
 * @param operation {@code POPULATE}, {@code MAP} or {@code UNMAP}
 * @param address guest-physical address of the first byte, which is its I/O virtual address too; 0
 *     where all memory is unmapped
 * @param bytes how many, of RAM
 * @param startNanos when the call began, in nanoseconds after the engine's start
 * @param nanos how long it took, in nanoseconds, 0 or more
 * @param refused whether the host refused, or the mapper broke its contract; what can be tried
 *     again is
 */
public record HostCall(
    HostOperation operation,
    long address,
    long bytes,
    long startNanos,
    long nanos,
    boolean refused) {}
