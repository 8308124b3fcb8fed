package dev.aerostat.cli.serve;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Pages;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.NumberFormats;

/**
 * What a guest that was served came to. Immutable.
 *
 * @param memoryBytes its RAM
 * @param regions in so many pieces
 * @param guestMinimumBytes what the balloon was never asked for
 * @param engine what the engine counted
 * @param device what the balloon device counted
 */
record ServedGuestCounts(
    long memoryBytes,
    int regions,
    long guestMinimumBytes,
    EngineCounters engine,
    BalloonCounters device) {
  /** Returns how often the guest made a mistake. */
  long mistakes() {
    return device.mistakes().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the counts in a line. */
  @Override
  public String toString() {
    return "inflated %s in %s, deflated %s in %s%s%s"
        .formatted(
            new ByteSize(Pages.toBytes(engine.inflatePages())),
            NumberFormats.count(engine.inflateMessages(), "message"),
            new ByteSize(Pages.toBytes(engine.deflatePages())),
            NumberFormats.count(engine.deflateMessages(), "message"),
            engine.deflatePages() == 0
                ? ""
                : ", %s of it mapped in advance"
                    .formatted(
                        NumberFormats.percent(engine.preMappedPages(), engine.deflatePages())),
            mistakes() == 0 ? "" : ", made " + NumberFormats.count(mistakes(), "mistake"));
  }
}
