package dev.aerostat.cli.report;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import dev.aerostat.api.Progress;
import dev.aerostat.simulation.BootEvent;
import dev.aerostat.simulation.BootWatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Follows a run for a page. On a virtual clock it hears each event, and knows of each page what it
 * is; in real time it hears totals only. Bounded, however long the run. Safe for use by any thread.
 */
public final class BootRecorder implements BootWatcher {
  /** A guest can open and close the gate without end. */
  static final int MOST_GATE_MOVES = 200;

  private final BootWatcher next;
  private final SampledRun run = new SampledRun();
  private final SampledRun opening = new SampledRun();
  private long openingEnd = Long.MAX_VALUE;
  private final WaitHistogram waits = new WaitHistogram();
  private final List<BootRecord.GateMove> gate = new ArrayList<>();
  private Optional<GuestMemory> memory = Optional.empty();
  private Optional<MemoryStates> states = Optional.empty();
  private MemorySample totals = MemorySample.NOTHING_YET;
  private OptionalLong driverNanos = OptionalLong.empty();
  private boolean gateOpen;
  private boolean closing;
  private long lastChange;

  /**
   * Creates a recorder.
   *
   * @param next told of all that this is told
   */
  public BootRecorder(BootWatcher next) {
    this.next = next;
  }

  @Override
  public synchronized void started(GuestMemory started) {
    memory = Optional.of(started);
    next.started(started);
  }

  @Override
  public synchronized void progressed(long nowNanos, Progress progress) {
    if (states.isEmpty()) {
      var now = new MemorySample(progress.mappedBytes(), progress.balloonedBytes(), 0, "");
      if (!now.equals(totals)) {
        sample(nowNanos, () -> totals);
        totals = now;
        changedAt(nowNanos);
      }
      gate(nowNanos, progress.gateOpen());
    }
    next.progressed(nowNanos, progress);
  }

  @Override
  public synchronized void deflateReturned(long waitNanos) {
    waits.add(waitNanos);
    next.deflateReturned(waitNanos);
  }

  @Override
  public synchronized void happened(
      long nowNanos, BootEvent event, long where, long bytes, long amount) {
    if (!closing && memory.isPresent()) {
      if (states.isEmpty()) {
        states = memory.map(MemoryStates::new);
      }
      follow(states.orElseThrow(), nowNanos, event, where, bytes);
    }
    next.happened(nowNanos, event, where, bytes, amount);
  }

  private void follow(MemoryStates known, long nowNanos, BootEvent event, long where, long bytes) {
    long first = Pages.ofBytes(where);
    long end = Pages.ofBytes(where + bytes);
    switch (event) {
      case INFLATE -> change(known, nowNanos, () -> known.inflated(first, end));
      case DEFLATE -> change(known, nowNanos, () -> known.deflated(first, end));
      case PLUGGABLE -> known.withheld(first, end); // Before all else: so begins the first sample.
      case PLUGGED -> change(known, nowNanos, () -> known.plugged(first, end));
      case DEFLATE_END -> known.deflateEnd(where);
      case ACKNOWLEDGE -> change(known, nowNanos, () -> known.acknowledged(where));
      case MAPPED -> change(known, nowNanos, () -> known.mapped(first, end));
      case RESET_COMPLETE -> change(known, nowNanos, known::reset);
      case DRIVER_READY -> driverNanos = OptionalLong.of(driverNanos.orElse(nowNanos));
      case GATE_OPENED -> change(known, nowNanos, () -> gate(nowNanos, true));
      case GATE_CLOSED -> change(known, nowNanos, () -> gate(nowNanos, false));
      case CLOSE -> closing = true;
      case INFLATE_END,
          REQUESTED,
          PLUG,
          PLUG_REFUSED,
          RESET,
          DMA_WANTED,
          INTERRUPT_QUEUE,
          INTERRUPT_CONFIG,
          TARGET,
          POPULATE,
          POPULATED,
          MAP,
          UNMAP,
          UNMAPPED,
          REFUSED,
          GATE_OPEN,
          GATE_CLOSE,
          BREACH,
          CLOSED -> {
        // These move no page.
      }
    }
  }

  /** Samples up to a change only: a run in which nothing changes any more may go on for long. */
  private void change(MemoryStates known, long nowNanos, Runnable change) {
    sample(nowNanos, known::sample);
    change.run();
    changedAt(nowNanos);
  }

  /** The time until the gate has been open as long as it was closed has samples of its own. */
  private void sample(long nowNanos, Supplier<MemorySample> now) {
    run.until(nowNanos, now);
    opening.until(Math.min(nowNanos, openingEnd), now);
  }

  /** What the event thread does takes time: an event may be a little ahead of the next. */
  private void changedAt(long nowNanos) {
    lastChange = Math.max(lastChange, nowNanos);
  }

  private void gate(long nowNanos, boolean open) {
    if (open != gateOpen) {
      gateOpen = open;
      if (openingEnd == Long.MAX_VALUE) {
        openingEnd = 2 * nowNanos;
      }
      changedAt(nowNanos);
      if (gate.size() < MOST_GATE_MOVES) {
        gate.add(new BootRecord.GateMove(nowNanos, open));
      }
    }
  }

  /**
   * Returns what was seen so far.
   *
   * @return a copy
   */
  public synchronized BootRecord record() {
    MemorySample last = states.map(MemoryStates::sample).orElse(totals);
    return new BootRecord(
        memory.map(BootRecorder::regions).orElse(List.of()),
        driverNanos,
        List.copyOf(gate),
        samples(last),
        states.map(MemoryStates::rows).orElse(0),
        waits.bins());
  }

  private List<SampledRun.Timed> samples(MemorySample last) {
    return run.endedAt(
        lastChange, last, openingEnd == Long.MAX_VALUE ? List.of() : opening.samples());
  }

  private static List<GuestRange> regions(GuestMemory memory) {
    return memory.regions().stream().map(MemoryRegion::range).toList();
  }
}
