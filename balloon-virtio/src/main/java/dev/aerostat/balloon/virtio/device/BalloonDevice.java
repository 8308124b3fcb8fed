package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Pages;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonFeatureBits;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.device.FreePageHintQueue.HintIds;
import dev.aerostat.virtio.GuestMistake;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.VirtioDevice;
import dev.aerostat.virtio.VirtioMistake;
import dev.aerostat.virtio.device.DeviceIdentity;
import dev.aerostat.virtio.device.DeviceRegisters;
import dev.aerostat.virtio.device.QueueRegisters;
import java.util.concurrent.CompletableFuture;

/**
 * The device side of virtio-balloon (virtio 1.2, section 5.5), on guest memory in place.
 *
 * <p>This is the engine's side of it. What a transport calls is {@link #registers}, and a VMM gets
 * no more than those. All else the engine calls from its one event thread. Nothing that a guest
 * writes makes a method throw, read outside guest memory or loop without bound.
 *
 * <h2>The order of messages</h2>
 *
 * The queues are unordered, so a driver may make an inflate available and then a deflate of the
 * same page. A turn therefore notes how far the deflate queue goes, drains the inflate queue, and
 * only then reads deflate messages up to that note.
 *
 * <h2>Balloon pages of 2 MiB, and how the mode ends</h2>
 *
 * With {@link BalloonFeature#HUGE_PAGES} negotiated a PFN is a multiple of 512 and names 512 pages
 * of one region. Once a driver sends another, the two sides mean different things by a PFN, and
 * reading on with 512 or with 1 could both take pages as ballooned that the guest uses. So from
 * that PFN on, until a reset, the device counts {@link BalloonMistake#BAD_HUGE_PAGE}, sets
 * DEVICE_NEEDS_RESET and errs towards the guest: no inflate message balloons anything (each is
 * still returned), and a deflate message gives back all RAM that its PFNs can name, the bad one's
 * 512 pages clipped to RAM included.
 *
 * <h2>A ring beyond repair</h2>
 *
 * After a mistake of the ring itself ({@link VirtioMistake#INDEX_OVERRUN} and those after it) the
 * device sets DEVICE_NEEDS_RESET and reads that queue no further. The chain at fault is still read
 * to its end and returned where it can be named, and deflate messages read before it can still be
 * acknowledged.
 */
public final class BalloonDevice {
  private final BalloonSettings settings;
  private final GuestMemory memory;
  private final BalloonTransport transport;

  private final BalloonCounts counts = new BalloonCounts();
  private final ConfigSpace config;
  private final QueueRegisters queueRegisters;
  private final DeviceRegisters registers;

  // Of the event thread alone.
  private final Budget budget = new Budget();
  private final HintIds hintIds = new HintIds();
  private OpenQueues queues;
  private QueueRings rings;
  private boolean started;
  private boolean resetTold;

  /**
   * Creates a device that was just reset.
   *
   * @param settings how it presents itself
   * @param memory the guest's RAM, alive for as long as the device is used
   * @param transport where interrupts and wake-ups go
   */
  public BalloonDevice(BalloonSettings settings, GuestMemory memory, BalloonTransport transport) {
    this.settings = settings;
    this.memory = memory;
    this.transport = transport;
    long offered = settings.featureBits();
    this.config = new ConfigSpace(offered);
    this.queueRegisters =
        new QueueRegisters(memory, QueueNumbering.possible(offered), settings.queueSize());
    this.queues = noQueues();
    this.rings = noRings();
    this.registers =
        new DeviceRegisters(
            new DeviceIdentity(VirtioDevice.ID_BALLOON, offered, BalloonFeatureBits.REQUIRED),
            config,
            queueRegisters,
            this::count,
            new RegistersOwner());
  }

  /**
   * Returns what a transport calls.
   *
   * @return always the same
   */
  public VirtioDevice registers() {
    return registers;
  }

  /**
   * Does one turn of work: all that is to read, inflate before deflate before the rest, up to a
   * budget.
   *
   * @param events called for what the driver sent
   * @param pfnBudget PFNs to read at most, greater than 0; each descriptor counts as one more
   * @return true if the budget was used up, so there may be more to read: call again when others
   *     had their turn
   * @throws IllegalArgumentException if the budget is not greater than 0
   */
  public boolean process(BalloonEvents events, int pfnBudget) {
    if (pfnBudget <= 0) {
      throw new IllegalArgumentException(
          "a budget of %d PFNs a turn: expected more than 0".formatted(pfnBudget));
    }
    registers.beginTurn();
    if (registers.isResetHeld()) {
      tellReset(events);
    }
    if (!registers.isRunning()) {
      return false;
    }
    if (!started) {
      start(events);
    }
    if (queueRegisters.changed()) {
      rings.follow(events);
      if (queueRegisters.changed()) {
        registers.wakeUp();
      }
    }
    budget.refill(pfnBudget);
    queues.turn(events, budget);
    return budget.spent();
  }

  /**
   * Returns a deflate message to the driver and interrupts it as it asked to be.
   *
   * @param token of a message whose {@link BalloonEvents#deflateEnd} has come
   * @throws IllegalStateException if no message of that token waits. While a reset is held no token
   *     is checked and nothing is written
   */
  public void acknowledge(int token) {
    // The driver no longer waits for it, and its ring may be other memory by now.
    if (!registers.isResetHeld()) {
      queues.deflate().acknowledge(token);
    }
  }

  /**
   * Returns all deflate messages that were read whole and wait, as {@link #acknowledge} does: for
   * an engine that has ended and no longer knows them.
   */
  public void acknowledgeAll() {
    if (!registers.isResetHeld()) {
      queues.deflate().acknowledgeAll();
    }
  }

  /**
   * Sets {@code num_pages}, the size the balloon is asked to have, and interrupts the driver if
   * that is new to it.
   *
   * @param pages in 4 KiB units, 0 to 2^32, exclusive
   * @throws IllegalArgumentException if the number does not fit its 32 bits
   */
  public void setTarget(long pages) {
    if (pages < 0 || pages >= Pages.LIMIT) {
      throw new IllegalArgumentException(
          "a balloon target of %d pages: expected 0 to %d".formatted(pages, Pages.LIMIT - 1));
    }
    changeConfig(ConfigSpace.NUM_PAGES, (int) pages);
  }

  /**
   * Returns {@code num_pages}.
   *
   * @return pages in 4 KiB units
   */
  public long target() {
    return Integer.toUnsignedLong(config.field(ConfigSpace.NUM_PAGES));
  }

  /**
   * Returns {@code actual}, which the driver wrote: never to be trusted.
   *
   * @return pages in 4 KiB units, as the driver claims; 0 after a reset
   */
  public long actual() {
    return Integer.toUnsignedLong(config.field(ConfigSpace.ACTUAL));
  }

  /**
   * Returns {@code poison_val}, which the driver wrote.
   *
   * @return the value that the driver fills free pages with, as it claims; 0 after a reset
   */
  public int poisonValue() {
    return config.field(ConfigSpace.POISON_VAL);
  }

  /**
   * Uses the driver's statistics buffer, which asks it for fresh figures; they come as {@link
   * BalloonEvents#statistics}.
   *
   * @return false if the device has no such buffer: not negotiated, not sent yet, or already used
   */
  public boolean requestStatistics() {
    return registers.isRunning() && queues.statistics().giveBackHeld();
  }

  /**
   * Asks the driver to list its free pages, under a new command id, which ends any earlier request.
   *
   * @return false if FREE_PAGE_HINT was not negotiated or the driver is not up
   */
  public boolean startFreePageHint() {
    if (!registers.isRunning() || !queues.hints().isOn()) {
      return false;
    }
    changeConfig(ConfigSpace.FREE_PAGE_HINT_CMD_ID, queues.hints().start());
    return true;
  }

  /**
   * Ends the listing of free pages: blocks that still come are ignored, and the driver may use
   * again all that it listed.
   */
  public void stopFreePageHint() {
    if (queues.hints().isOn()) {
      queues.hints().end();
      changeConfig(ConfigSpace.FREE_PAGE_HINT_CMD_ID, HintIds.DONE);
    }
  }

  /**
   * Completes the held reset: all queues off, nothing negotiated, status 0.
   *
   * @throws IllegalStateException if {@link BalloonEvents#resetRequested} has not come since the
   *     last reset
   */
  public void completeReset() {
    if (!resetTold) {
      throw new IllegalStateException(
          "no reset is held; complete one only after resetRequested, once");
    }
    started = false;
    resetTold = false;
    CompletableFuture<Void> done = registers.completeReset();
    queues = noQueues();
    rings = noRings();
    queueRegisters.completeStops();
    done.complete(null);
  }

  /**
   * Completes the stop that {@link BalloonEvents#stopRequested} announced: from now on, and as long
   * as it lasts, a reset could do no harm.
   *
   * @throws IllegalStateException if no stop is held
   */
  public void completeStop() {
    rings.completeStop();
  }

  /** Sets DEVICE_NEEDS_RESET and interrupts the driver (section 2.1.2). */
  public void fail() {
    if (registers.needReset()) {
      transport.interruptConfig();
    }
  }

  /**
   * Returns what was done so far.
   *
   * @return the counts at this moment
   */
  public BalloonCounters counters() {
    return counts.snapshot();
  }

  private void tellReset(BalloonEvents events) {
    if (!resetTold) {
      resetTold = true;
      events.resetRequested();
    }
  }

  private void start(BalloonEvents events) {
    long features = registers.negotiatedFeatures();
    queues =
        new OpenQueues(
            memory, PfnMeaning.negotiated(features, settings), hintIds, counts, this::report);
    rings = new QueueRings(queueRegisters, queues, features, memory, this::interrupt, this::report);
    started = true;
    events.driverReady();
  }

  private OpenQueues noQueues() {
    return new OpenQueues(
        memory, PfnMeaning.negotiated(0, settings), hintIds, counts, this::report);
  }

  private QueueRings noRings() {
    return new QueueRings(queueRegisters, queues, 0, memory, this::interrupt, this::report);
  }

  private void interrupt(int queue) {
    counts.interrupts++;
    transport.interruptQueue(queue);
  }

  private void changeConfig(int field, int value) {
    if (config.setField(field, value) && registers.isRunning()) {
      transport.interruptConfig();
    }
  }

  /** Called by any thread. */
  private void count(GuestMistake mistake) {
    counts.count(mistake);
    transport.mistaken(mistake);
  }

  private void report(GuestMistake mistake) {
    count(mistake);
    if (mistake.needsReset()) {
      fail();
    }
    if (mistake == BalloonMistake.BAD_HUGE_PAGE) {
      queues.refusePages();
    }
  }

  /** What the registers ask of the device, on any thread. */
  private final class RegistersOwner implements DeviceRegisters.Owner {
    @Override
    public void wake() {
      transport.wake();
    }

    @Override
    public void driverForgotten() {
      config.resetDriverFields();
      counts.resets.increment();
    }

    @Override
    public QueuePosition position(int queue) {
      return rings.position(queue);
    }
  }
}
