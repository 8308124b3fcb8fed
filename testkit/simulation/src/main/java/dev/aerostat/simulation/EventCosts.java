package dev.aerostat.simulation;

import dev.aerostat.api.Granules;
import dev.aerostat.balloon.virtio.BalloonEvents;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import java.util.function.LongConsumer;

/**
 * What the engine's event thread works, in nanoseconds, while it reads the device: it stands
 * between the device and the state machine, and charges what passes through.
 */
final class EventCosts implements BalloonEvents {
  /**
   * A completion or a timer: 87 ns, the best of four passes through the state machine with all of
   * 384 GiB to map (two virtual processors of a Xeon, as all figures here).
   */
  static final long EVENT = 100;

  /** A turn that finds nothing to read, or the end of one that does: as an event. */
  static final long TURN = 100;

  /** Telling the VMM of a wish for DMA: a listener that writes a line to a log. */
  static final long WISH = 20_000;

  /** An inflate message of one run: docs/performance.md, 107 to 114 ns on recorded boots. */
  private static final long INFLATE_MESSAGE = 110;

  /** A deflate message of one run: docs/performance.md, 163 to 165 ns on recorded boots. */
  private static final long DEFLATE_MESSAGE = 165;

  /** A run in the granule of the run before: docs/performance.md, 4.6 ns a page of 3.7 a run. */
  private static final long NEAR_RUN = 17;

  /**
   * A run in another granule: {@link dev.aerostat.engine.turn.DeviceTurn#PFNS_A_LOOK}, 50 µs for
   * 256 pages at random.
   */
  private static final long FAR_RUN = 195;

  /** A reset of a device whose balloon holds pages at random: 0.5 to 12 µs, most often 5. */
  private static final long RESET = 5_000;

  private static final int NONE = -1;

  private final BalloonEvents engine;
  private final Granules granules;
  private final LongConsumer charged;
  private int lastGranule = NONE;

  /**
   * Creates the costs of one engine.
   *
   * @param engine is told what the guest said
   * @param granules the guest's memory, divided
   * @param charged takes nanoseconds of work as they come up
   */
  EventCosts(BalloonEvents engine, Granules granules, LongConsumer charged) {
    this.engine = engine;
    this.granules = granules;
    this.charged = charged;
  }

  private void charge(long nanos) {
    charged.accept(nanos);
  }

  /** The first run of a message is in the message's own cost. */
  private void run(long firstPage, long endPage) {
    int granule = granules.indexOf(firstPage);
    if (lastGranule != NONE) {
      charge(granule == lastGranule ? NEAR_RUN : FAR_RUN);
    }
    lastGranule = granules.indexOf(endPage - 1);
  }

  private void messageEnd(long nanos) {
    charge(nanos);
    lastGranule = NONE;
  }

  @Override
  public void driverReady() {
    engine.driverReady();
  }

  @Override
  public void inflated(long firstPage, long endPage, boolean descending) {
    run(firstPage, endPage);
    engine.inflated(firstPage, endPage, descending);
  }

  @Override
  public void inflateMessageEnd(long pages) {
    messageEnd(INFLATE_MESSAGE);
    engine.inflateMessageEnd(pages);
  }

  @Override
  public boolean acceptsDeflate() {
    return engine.acceptsDeflate();
  }

  @Override
  public void deflateBegin(int token) {
    engine.deflateBegin(token);
  }

  @Override
  public void deflated(int token, long firstPage, long endPage) {
    run(firstPage, endPage);
    engine.deflated(token, firstPage, endPage);
  }

  @Override
  public void deflateEnd(int token, long pages) {
    messageEnd(DEFLATE_MESSAGE);
    engine.deflateEnd(token, pages);
  }

  @Override
  public void resetRequested() {
    messageEnd(RESET);
    engine.resetRequested();
  }

  @Override
  public void stopRequested() {
    engine.stopRequested();
  }

  @Override
  public void stopEnded() {
    engine.stopEnded();
  }

  @Override
  public void statistics(BalloonStatistics statistics) {
    engine.statistics(statistics);
  }

  @Override
  public void freePagesHinted(long firstPage, long endPage) {
    engine.freePagesHinted(firstPage, endPage);
  }

  @Override
  public void freePageHintEnd() {
    engine.freePageHintEnd();
  }
}
