package dev.aerostat.guest.sim;

/**
 * Where every page of a guest is, and what the guest has done so far. Immutable. Pages are 4 KiB
 * units; the first four sum to the guest's memory.
 *
 * @param reservedPages never ballooned: the kernel's own, and what does not fill a balloon page
 * @param freePages with the guest's allocator
 * @param balloonedPages in the balloon
 * @param inFlightPages in a message that is being written or not yet acknowledged
 * @param inflateMessages inflate messages acknowledged, compaction's included
 * @param inflatedPages pages in them
 * @param deflateMessages deflate messages acknowledged, compaction's and out-of-memory's included
 * @param deflatedPages pages in them
 * @param compactions pairs of messages, one page each, acknowledged
 * @param outOfMemoryDeflates deflates that nobody asked for, acknowledged
 * @param failedAllocations how often the allocator had nothing left for the balloon
 */
public record GuestAccounts(
    long reservedPages,
    long freePages,
    long balloonedPages,
    long inFlightPages,
    long inflateMessages,
    long inflatedPages,
    long deflateMessages,
    long deflatedPages,
    long compactions,
    long outOfMemoryDeflates,
    long failedAllocations) {}
