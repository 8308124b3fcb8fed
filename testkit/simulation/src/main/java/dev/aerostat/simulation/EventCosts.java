package dev.aerostat.simulation;

import dev.aerostat.api.Granules;
import dev.aerostat.balloon.virtio.device.BalloonEvents;
import java.util.function.LongConsumer;

/**
 * The time that the engine's event thread takes, in nanoseconds. It stands between the device and
 * the state machine, and charges for what passes through.
 *
 * <p>The figures were measured in November 2026 on two virtual processors of a Xeon.
 */
final class EventCosts extends ForwardingEvents {
  /**
   * A completion or a timer. Measured: 87 ns, the best of four passes in which {@code EngineCore}
   * was told of every slice and map of 384 GiB, without a host.
   */
  static final long EVENT = 100;

  /** To end a turn, whether anything was read or not. Assumed: as an event. */
  static final long TURN = 100;

  /**
   * To pass a wish for DMA on to the VMM. Assumed: a listener that writes a line, as in the
   * engine's {@code FloodedMappingTest}.
   */
  static final long WISH = 20_000;

  /**
   * An inflate message of one run. Measured by {@code MessageBenchmark} on recorded boots: 107 to
   * 114 ns (docs/performance.md).
   */
  private static final long INFLATE_MESSAGE = 110;

  /**
   * A deflate message of one run. Measured by {@code DeflateBenchmark} on recorded boots: 163 to
   * 165 ns (docs/performance.md).
   */
  private static final long DEFLATE_MESSAGE = 165;

  /**
   * A run in the granule of the run before. Measured by {@code TrackerBenchmark}, stream
   * "fragmented": 4.6 ns a page, 3.7 pages a run (docs/performance.md).
   */
  private static final long NEAR_RUN = 17;

  /**
   * A run in another granule. Measured: 50 µs for the 256 pages at random of one message ({@link
   * dev.aerostat.engine.turn.DeviceTurn#PFNS_A_LOOK}).
   */
  private static final long FAR_RUN = 195;

  /**
   * A reset of a device whose balloon holds pages at random. Measured: 0.5 to 12 µs, most often 5,
   * on the engine's own threads under a flood of resets.
   */
  private static final long RESET = 5_000;

  private static final int NONE = -1;

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
    super(engine);
    this.granules = granules;
    this.charged = charged;
  }

  private void charge(long nanos) {
    charged.accept(nanos);
  }

  /** Charges for a run, unless it is a message's first, which the message's own cost includes. */
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
  public void inflated(long firstPage, long endPage, boolean descending) {
    run(firstPage, endPage);
    super.inflated(firstPage, endPage, descending);
  }

  @Override
  public void inflateMessageEnd(long pages) {
    messageEnd(INFLATE_MESSAGE);
    super.inflateMessageEnd(pages);
  }

  @Override
  public void deflated(int token, long firstPage, long endPage) {
    run(firstPage, endPage);
    super.deflated(token, firstPage, endPage);
  }

  @Override
  public void deflateEnd(int token, long pages) {
    messageEnd(DEFLATE_MESSAGE);
    super.deflateEnd(token, pages);
  }

  @Override
  public void resetRequested() {
    messageEnd(RESET);
    super.resetRequested();
  }
}
