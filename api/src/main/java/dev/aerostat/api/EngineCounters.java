package dev.aerostat.api;

/**
 * What the engine has seen and done since its start. Pages are 4 KiB units; a page that is named
 * twice counts twice.
 *
 * <p>An instance is a copy, immutable and safe for use by any thread.
 *
 * @param inflateMessages inflate messages read whole
 * @param inflatePages pages named in inflate messages
 * @param inflateRuns ranges handed to the tracker by inflate messages
 * @param peakRanges the most disjoint ballooned ranges after a message
 * @param deflateMessages deflate messages read whole
 * @param deflatePages pages named in deflate messages
 * @param preMappedPages those of them that were mapped when they were read, or that a virtio-mem
 *     device has
 * @param onDemandPages those that were not
 * @param onDemandMaps maps that a deflate or a plug waited for
 * @param maps granules mapped
 * @param mappedBytes bytes mapped, in total
 * @param refusals maps and populates that the host refused
 * @param dmaWanted times that the guest asked for DMA while the gate was closed; what it asks again
 *     before the engine has heard of it counts once
 * @param trackerPeakBytes the most that the tracker held after a message
 */
public record EngineCounters(
    long inflateMessages,
    long inflatePages,
    long inflateRuns,
    long peakRanges,
    long deflateMessages,
    long deflatePages,
    long preMappedPages,
    long onDemandPages,
    long onDemandMaps,
    long maps,
    long mappedBytes,
    long refusals,
    long dmaWanted,
    long trackerPeakBytes) {}
