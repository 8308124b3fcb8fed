package dev.aerostat.vmm;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Progress;
import dev.aerostat.engine.EngineListener;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * When each moment of a boot came: what the engine reports, what the VMM marks, and what the guest
 * prints on its console. A guest reports its first DMA by a line that begins with {@value
 * #FIRST_DMA}.
 *
 * <p>Safe for use by any thread.
 */
public final class Timeline implements EngineListener {
  /** What a guest prints when its device's DMA has arrived. */
  public static final String FIRST_DMA = "aerostat: first-dma";

  /** A kernel puts its time before what is printed through its log. */
  private static final Pattern FIRST_DMA_LINE =
      Pattern.compile("(\\[ *[0-9.]+] )?" + Pattern.quote(FIRST_DMA) + "( .*)?");

  private final LongSupplier clock;
  private final long start;
  private final Map<Moment, Long> nanos = new EnumMap<>(Moment.class);
  private long mostBallooned;

  /**
   * Begins now.
   *
   * @param clock in nanoseconds, such as {@code System::nanoTime}
   */
  public Timeline(LongSupplier clock) {
    this.clock = clock;
    this.start = clock.getAsLong();
    nanos.put(Moment.STARTED, 0L);
  }

  /**
   * Notes that a moment has come, unless it had before.
   *
   * @param moment which
   */
  public synchronized void mark(Moment moment) {
    nanos.putIfAbsent(moment, clock.getAsLong() - start);
  }

  /**
   * Returns when a moment came.
   *
   * @param moment which
   * @return nanoseconds from the start; empty if it never came
   */
  public synchronized OptionalLong nanos(Moment moment) {
    Long at = nanos.get(moment);
    return at == null ? OptionalLong.empty() : OptionalLong.of(at);
  }

  /**
   * Returns how large the balloon ever was.
   *
   * @return bytes
   */
  public synchronized long mostBalloonedBytes() {
    return mostBallooned;
  }

  @Override
  public synchronized void progressed(Progress progress) {
    if (progress.balloonedBytes() > mostBallooned) {
      mostBallooned = progress.balloonedBytes();
      nanos.remove(Moment.INFLATED);
      mark(Moment.INFLATED);
    }
    if (progress.gateOpen()) {
      mark(Moment.DMA_READY);
    }
    if (progress.mappedBytes() == progress.memoryBytes()) {
      mark(Moment.FULLY_MAPPED);
    }
    if (progress.done() && mostBallooned > 0) {
      mark(Moment.BALLOON_EMPTY);
    }
  }

  @Override
  public void dmaWanted(EarlyDmaPolicy policy) {
    mark(Moment.DMA_WANTED);
  }

  /**
   * Takes a line of the guest's console.
   *
   * @param line without its end
   */
  public void line(String line) {
    if (FIRST_DMA_LINE.matcher(line).matches()) {
      mark(Moment.FIRST_DMA);
    }
  }
}
