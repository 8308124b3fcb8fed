package dev.aerostat.simulation;

import dev.aerostat.guest.sim.BalloonDriver;
import dev.aerostat.guest.sim.BalloonFeatures;
import dev.aerostat.guest.sim.BalloonQueue;
import dev.aerostat.simulation.trace.TraceLine;
import dev.aerostat.simulation.trace.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A guest that does again what it was recorded doing, each line at its time or when the message
 * before is acknowledged, whichever is later. It does not hear what it is asked for.
 *
 * <p>What it does, it does on the thread of its clock; where it stands, any thread may ask. A
 * recording that can no longer be read ends it with an {@link UncheckedIOException}.
 */
public final class RecordedGuest implements AutoCloseable {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final TraceReader trace;
  private final BalloonDriver driver;
  private final ReplayClock clock;
  private @Nullable BalloonQueue inFlight;
  private volatile boolean ended;
  private volatile long target = Long.MAX_VALUE;
  private volatile long ballooned;

  RecordedGuest(TraceReader trace, BalloonDriver driver, ReplayClock clock) {
    this.trace = trace;
    this.driver = driver;
    this.clock = clock;
  }

  /**
   * Loads the driver, on the thread of the clock.
   *
   * @throws IllegalStateException if the device refuses the features that Linux accepts
   */
  public void start() {
    driver.reset();
    if (!driver.negotiate(BalloonFeatures.LINUX, 0)) {
      throw new IllegalStateException("the device refused the features that Linux accepts");
    }
    awaitNextLine();
  }

  /**
   * Returns whether there is traffic to come.
   *
   * @return true until the recording has ended and its last message is acknowledged
   */
  public boolean hasMore() {
    return !ended;
  }

  /**
   * Returns what the guest was asked for when it was recorded.
   *
   * @return pages of 4 KiB; {@link Long#MAX_VALUE} before it was asked for anything
   */
  public long target() {
    return target;
  }

  /**
   * Returns the size of the balloon.
   *
   * @return pages of 4 KiB, of acknowledged messages
   */
  public long balloonedPages() {
    return ballooned;
  }

  /**
   * Takes an interrupt of a queue, on the thread of the clock.
   *
   * @param queue as the driver numbers them
   */
  public void onQueueInterrupt(int queue) {
    BalloonQueue waitedFor = inFlight;
    if (waitedFor != null && driver.complete(waitedFor)) {
      inFlight = null;
      ballooned = driver.ballooned();
      awaitNextLine();
    }
  }

  private void awaitNextLine() {
    Optional<TraceLine> next = read();
    if (next.isEmpty()) {
      ended = true;
      return;
    }
    TraceLine line = next.get();
    long at = line.millis() * NANOS_PER_MILLI;
    clock.after(Math.max(0, at - clock.now()), () -> happen(line));
  }

  private Optional<TraceLine> read() {
    try {
      return trace.next();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void happen(TraceLine line) {
    switch (line) {
      case TraceLine.Note _ -> awaitNextLine();
      case TraceLine.Target asked -> {
        target = asked.pages();
        awaitNextLine();
      }
      case TraceLine.Actual _ -> {
        driver.writeActual();
        awaitNextLine();
      }
      case TraceLine.Message message -> send(message);
    }
  }

  private void send(TraceLine.Message message) {
    BalloonQueue queue =
        switch (message.direction()) {
          case INFLATE -> BalloonQueue.INFLATE;
          case DEFLATE -> BalloonQueue.DEFLATE;
        };
    for (TraceLine.PageRun run : message.runs()) {
      driver.append(queue, run.first(), Math.abs(run.count()), Integer.signum(run.count()));
    }
    inFlight = queue;
    driver.send(queue);
  }

  /** Closes the recording. */
  @Override
  public void close() throws IOException {
    trace.close();
  }
}
