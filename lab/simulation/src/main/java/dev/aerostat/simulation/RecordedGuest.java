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
 * before is acknowledged, whichever is later.
 */
final class RecordedGuest {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final TraceReader trace;
  private final BalloonDriver driver;
  private final VirtualClock clock;
  private @Nullable BalloonQueue inFlight;
  private boolean ended;
  private long target = Long.MAX_VALUE;

  RecordedGuest(TraceReader trace, BalloonDriver driver, VirtualClock clock) {
    this.trace = trace;
    this.driver = driver;
    this.clock = clock;
  }

  void start() {
    driver.reset();
    if (!driver.negotiate(BalloonFeatures.LINUX, 0)) {
      throw new IllegalStateException("the device refused the features that Linux accepts");
    }
    awaitNextLine();
  }

  /** Says whether there is traffic to come. */
  boolean hasMore() {
    return !ended;
  }

  /** Gives what the guest was asked for when it was recorded. */
  long target() {
    return target;
  }

  void onQueueInterrupt(int queue) {
    BalloonQueue waitedFor = inFlight;
    if (waitedFor != null && driver.complete(waitedFor)) {
      inFlight = null;
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
}
