package dev.aerostat.engine.events;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Errno;
import dev.aerostat.api.Granules;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Pages;
import dev.aerostat.api.Progress;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.HostCall;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.virtio.GuestMistake;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one engine: its runner reports, and Flight Recorder and the listener are called.
 *
 * <p>{@link #hostCall} and {@link #mistaken} are safe for use by any thread, {@link #started} and
 * {@link #closed} are called once each; all else is of the event thread alone.
 */
public final class EngineEvents {
  private static final AtomicInteger ENGINES = new AtomicInteger();

  /** Asked whether waits are recorded: an event that is kept is garbage even if it is not. */
  private static final DeflateWaitEvent PROBE = new DeflateWaitEvent();

  private final int engine = ENGINES.incrementAndGet();
  private final LongSupplier clock;
  private final EngineListener listener;
  private final WaitingDeflates waiting = new WaitingDeflates();
  private final LongAdder mistakes = new LongAdder();
  private volatile long startNanos;
  private volatile @Nullable PeriodicHook periodic;
  private long deflateWaits;
  private long resets;
  private long resetSince;
  private @Nullable ResetEvent reset;

  /**
   * Creates the events of an engine that has not started.
   *
   * @param clock the engine's clock in nanoseconds, from any origin; safe for use by any thread
   *     that makes host calls
   * @param listener hears of host calls and waits; may not throw
   */
  public EngineEvents(LongSupplier clock, EngineListener listener) {
    this.clock = clock;
    this.listener = listener;
    this.startNanos = clock.getAsLong();
  }

  private long now() {
    return clock.getAsLong() - startNanos;
  }

  private <E extends EngineEvent> E begun(E event, long at) {
    event.engine = engine;
    event.at = at;
    return event;
  }

  /** Ends an event, and returns whether it is to be written. */
  private static boolean ended(EngineEvent event) {
    event.end();
    return event.shouldCommit();
  }

  /**
   * Called when the engine starts: its time begins now.
   *
   * @param granules what it maps
   * @param simulated whether its clock is a simulation's, which has no periods: its runner calls
   *     {@link #totals} unasked
   */
  public void started(Granules granules, boolean simulated) {
    startNanos = clock.getAsLong();
    StartEvent event = new StartEvent();
    if (event.isEnabled()) {
      begun(event, 0);
      event.memoryBytes = granules.memory().bytes();
      event.granules = granules.count();
      event.simulated = simulated;
      event.commit();
    }
  }

  /**
   * Has Flight Recorder ask for {@link #totals} once a period, until {@link #closed}.
   *
   * @param ask called by a thread of Flight Recorder's, or by whoever stops a recording; must not
   *     wait for the event thread, which may be the one that does
   */
  public void wantTotalsBy(Runnable ask) {
    var hook = new PeriodicHook(ask);
    FlightRecorder.addPeriodicEvent(TotalsEvent.class, hook);
    periodic = hook;
  }

  /** Called when the engine has ended, however it did and if it never started too. */
  public void closed() {
    PeriodicHook hook = periodic;
    if (hook != null) {
      boolean _ = FlightRecorder.removePeriodicEvent(hook);
      periodic = null;
    }
    CloseEvent event = new CloseEvent();
    if (event.isEnabled()) {
      begun(event, now()).commit();
    }
    listener.closed();
  }

  // --- The host ---------------------------------------------------------------------------------

  /**
   * Calls the host, and records how long that took.
   *
   * @param operation {@code MAP}, {@code UNMAP} or {@code POPULATE}
   * @param address guest-physical address of the first byte
   * @param bytes how many
   * @param work the call
   * @throws HostRefusedException as the call does
   */
  public void hostCall(HostOperation operation, long address, long bytes, HostWork work)
      throws HostRefusedException {
    HostCallEvent event = eventOf(operation);
    event.begin();
    long start = now();
    boolean done = false;
    try {
      work.run();
      done = true;
    } finally {
      hostCalled(event, new HostCall(operation, address, bytes, start, now() - start, !done));
    }
  }

  private void hostCalled(HostCallEvent event, HostCall call) {
    if (ended(event)) {
      begun(event, call.startNanos());
      event.address = call.address();
      event.bytes = call.bytes();
      event.took = call.nanos();
      event.refused = call.refused();
      event.commit();
    }
    listener.hostCalled(call);
  }

  private static HostCallEvent eventOf(HostOperation operation) {
    return switch (operation) {
      case MAP -> new MapEvent();
      case UNMAP -> new UnmapEvent();
      case POPULATE -> new PopulateEvent();
      case ATTACH, DISCARD ->
          throw new IllegalArgumentException("an engine does not call the host to " + operation);
    };
  }

  /**
   * Called when the host refused.
   *
   * @param refusal what, and why
   * @param attempt 1 for the first refusal of this memory in a row
   * @param retryNanos nanoseconds until the next try
   */
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    RefusalEvent event = new RefusalEvent();
    if (event.isEnabled()) {
      begun(event, now());
      event.operation = refusal.operation().name();
      event.address = refusal.start();
      event.bytes = refusal.bytes();
      event.cause = refusal.reason().getClass().getSimpleName();
      event.errno = Errno.name(refusal.errno());
      event.attempt = attempt;
      event.retry = retryNanos;
      event.commit();
    }
  }

  // --- The guest --------------------------------------------------------------------------------

  /**
   * Called when a deflate message was read whole and waits for maps.
   *
   * @param token the message
   * @param pages all that it names
   */
  public void deflateWaits(int token, long pages) {
    waiting.add(token, now(), Pages.toBytes(pages), beginWait());
  }

  private static @Nullable DeflateWaitEvent beginWait() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    DeflateWaitEvent event = new DeflateWaitEvent();
    event.begin();
    return event;
  }

  /**
   * Called when a deflate message that had waited was acknowledged.
   *
   * @param token the message
   */
  public void deflateWaited(int token) {
    if (waiting.isWaiting(token)) {
      endWait(token);
    }
  }

  private void endWait(int token) {
    deflateWaits++;
    long since = waiting.since(token);
    long bytes = waiting.bytes(token);
    long took = now() - since;
    DeflateWaitEvent event = waiting.remove(token);
    if (event != null && ended(event)) {
      begun(event, since);
      event.bytes = bytes;
      event.took = took;
      event.commit();
    }
    listener.deflateWaited(bytes, took);
  }

  /** Called when the guest reset the device, and the reset is held. */
  public void resetHeld() {
    resetSince = now();
    ResetEvent event = new ResetEvent();
    event.begin();
    reset = event;
  }

  /** Called when a reset took effect: what has waited till now is forgotten. */
  public void resetCompleted() {
    resets++;
    waiting.clear();
    ResetEvent event = reset;
    if (event != null && ended(event)) {
      begun(event, resetSince);
      event.took = now() - resetSince;
      event.commit();
    }
    reset = null;
  }

  /**
   * Called when the guest asked for DMA while the gate is closed.
   *
   * @param policy what the VMM chose to do then
   */
  public void dmaWanted(EarlyDmaPolicy policy) {
    DmaWantedEvent event = new DmaWantedEvent();
    if (event.isEnabled()) {
      begun(event, now());
      event.policy = policy.name();
      event.commit();
    }
  }

  /**
   * Called when the guest made a mistake.
   *
   * @param mistake which
   */
  public void mistaken(GuestMistake mistake) {
    mistakes.increment();
    GuestMistakeEvent event = new GuestMistakeEvent();
    if (event.isEnabled()) {
      begun(event, now());
      event.mistake = mistake.name();
      event.needsReset = mistake.needsReset();
      event.commit();
    }
  }

  // --- The engine -------------------------------------------------------------------------------

  /**
   * Called when the guest is asked for a balloon of another size.
   *
   * @param pages that size, in 4 KiB units
   */
  public void targetSet(long pages) {
    TargetEvent event = new TargetEvent();
    if (event.isEnabled()) {
      begun(event, now());
      event.bytes = Pages.toBytes(pages);
      event.commit();
    }
  }

  /**
   * Called when the gate has moved, before the state machine hears of it.
   *
   * @param open whether it has opened
   * @param core of this engine
   */
  public void gateMoved(boolean open, EngineCore core) {
    GateEvent event = new GateEvent();
    if (event.isEnabled()) {
      begun(event, now());
      Progress progress = core.progress();
      event.open = open;
      event.mappedBytes = progress.mappedBytes();
      event.balloonedBytes = progress.balloonedBytes();
      event.unpluggedBytes = progress.unpluggedBytes();
      event.commit();
    }
  }

  /**
   * Records how far the engine is, and its counts.
   *
   * @param core of this engine
   */
  public void totals(EngineCore core) {
    TotalsEvent event = new TotalsEvent();
    if (event.isEnabled()) {
      begun(event, now());
      event.progress(core.progress());
      event.counters(core.counters());
      event.deflateWaits = deflateWaits;
      event.resets = resets;
      event.mistakes = mistakes.sum();
      event.commit();
    }
  }

  /**
   * Called when the engine failed.
   *
   * @param cause what was thrown, in words
   */
  public void failed(String cause) {
    FailureEvent event = new FailureEvent();
    if (event.isEnabled()) {
      begun(event, now());
      event.cause = cause;
      event.commit();
    }
  }

  /** Known to Flight Recorder by its identity, which a lambda need not have. */
  private static final class PeriodicHook implements Runnable {
    private final Runnable ask;

    PeriodicHook(Runnable ask) {
      this.ask = ask;
    }

    @Override
    public void run() {
      ask.run();
    }
  }
}
