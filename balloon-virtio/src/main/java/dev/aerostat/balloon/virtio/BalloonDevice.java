package dev.aerostat.balloon.virtio;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Pages;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The device side of virtio-balloon (virtio 1.2, section 5.5), on guest memory in place.
 *
 * <p>Two sides share it. A <b>transport</b> calls the methods that a guest's register accesses
 * stand for, from any vCPU thread; they never wait for the event thread's work. The <b>engine</b>
 * calls the rest from its one event thread. Nothing that a guest writes makes a method throw, read
 * outside guest memory or loop without bound.
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
 * that PFN on, until a reset, the device counts {@link GuestMistake#BAD_HUGE_PAGE}, sets
 * DEVICE_NEEDS_RESET and errs towards the guest: no inflate message balloons anything (each is
 * still returned), and a deflate message gives back all RAM that its PFNs can name, the bad one's
 * 512 pages clipped to RAM included.
 *
 * <h2>A ring beyond repair</h2>
 *
 * After a mistake of the ring itself ({@link GuestMistake#INDEX_OVERRUN} and those after it) the
 * device sets DEVICE_NEEDS_RESET and reads that queue no further. The chain at fault is still told
 * to its end and returned where it can be named, and deflate messages read before it can still be
 * acknowledged.
 */
public final class BalloonDevice {
  private final BalloonSettings settings;
  private final GuestMemory memory;
  private final BalloonTransport transport;
  private final long offered;

  private final Tally tally = new Tally();
  private final StatusRegister status;
  private final ConfigSpace config;
  private final QueueRegisters registers;
  private final AtomicBoolean awake = new AtomicBoolean();

  /** Of the reset that is held, or of the last one. */
  private volatile CompletableFuture<Void> resetDone = CompletableFuture.completedFuture(null);

  // Of the event thread alone.
  private final Budget budget = new Budget();
  private final HintIds hintIds = new HintIds();
  private OpenQueues queues;
  private QueueRings rings;
  private boolean started;
  private boolean resetTold;

  /**
   * Makes a device that was just reset.
   *
   * @param settings how it presents itself
   * @param memory the guest's RAM, alive for as long as the device is used
   * @param transport is told of interrupts and wake-ups
   */
  public BalloonDevice(BalloonSettings settings, GuestMemory memory, BalloonTransport transport) {
    this.settings = settings;
    this.memory = memory;
    this.transport = transport;
    this.offered = settings.featureBits();
    this.status = new StatusRegister(settings, tally::count);
    this.config = new ConfigSpace(offered);
    this.registers =
        new QueueRegisters(memory, QueueNumbering.possible(offered), settings.queueSize());
    this.queues = noQueues();
    this.rings = noRings();
  }

  /**
   * Gives what the driver may choose from.
   *
   * @return feature bits 0 to 63; 64 and up are 0
   */
  public long offeredFeatures() {
    return offered;
  }

  /**
   * Takes the driver's choice; {@link #writeStatus} with FEATURES_OK judges it. Without effect once
   * FEATURES_OK is set.
   *
   * @param features bits 0 to 63
   */
  public void acceptFeatures(long features) {
    status.choose(features);
  }

  /**
   * Returns the features in force.
   *
   * @return those that the driver chose, from FEATURES_OK to the next reset; else 0
   */
  public long acceptedFeatures() {
    return status.agreed();
  }

  /**
   * Gives the device status field, {@link DeviceStatus} bits.
   *
   * @return 0 only after a reset is complete
   */
  public int status() {
    return status.read();
  }

  /**
   * Takes the driver's status. 0 asks for a reset, which is held until {@link #completeReset};
   * until then all further writes are ignored. At status 0 it takes effect at once: there is no
   * driver whose balloon would have to be mapped first. FEATURES_OK is withheld from a driver
   * without MUST_TELL_HOST and VERSION_1, DRIVER_OK from one without FEATURES_OK.
   *
   * <p>A driver may go on only once the reset has taken effect. What a transport does for that
   * depends on how its drivers wait:
   *
   * <ul>
   *   <li><b>virtio-pci</b>: nothing. The driver reads the status until it is 0 (section
   *       4.1.4.3.2).
   *   <li><b>virtio-mmio, channel I/O, vhost-user</b>, whose drivers do not poll: the write, or the
   *       request, itself must not complete before the reset has. Use {@link #reset} and let the
   *       vCPU go on, or answer the front end, when its future completes. A driver that goes on
   *       earlier sets up a device that ignores it.
   * </ul>
   *
   * @param bits {@link DeviceStatus} bits; bits once set stay set
   */
  public void writeStatus(int bits) {
    if (bits == 0) {
      var _ = requestReset();
    } else if (status.write(bits)) {
      wakeUp();
    }
  }

  /**
   * Resets the device, as a driver does by writing 0 to its status, or as a VMM does by itself that
   * resets the guest; and tells when that has taken effect. Never waits.
   *
   * @return completes on the thread that completes the reset, most often the event thread, so what
   *     depends on it must not block; already complete if there is nothing to reset. Of requests
   *     for a reset that is held already each gets such a future
   */
  public CompletableFuture<Void> reset() {
    return requestReset().copy();
  }

  /**
   * Gives the size of the config space, which depends on what is offered (section 5.5.4).
   *
   * @return 8, 12 or 16 bytes
   */
  public int configSize() {
    return config.size();
  }

  /**
   * Returns a number that is another once a field has changed that was read since (section 2.5.1).
   *
   * @return any number; its lower 8 bits do for a transport that shows no more
   */
  public int configGeneration() {
    return config.generation();
  }

  /**
   * Reads the config space, little-endian, without a lock.
   *
   * @param offset in bytes
   * @param width 1, 2 or 4 bytes
   * @return the value, its upper bytes 0; 0 outside the config space or for another width
   */
  public int readConfig(int offset, int width) {
    if (!config.allows(offset, width)) {
      report(GuestMistake.CONFIG_ACCESS);
      return 0;
    }
    return config.read(offset, width);
  }

  /**
   * Writes the config space, little-endian. Only {@code actual} and {@code poison_val} are the
   * driver's; the rest of a write is ignored.
   *
   * @param offset in bytes
   * @param width 1, 2 or 4 bytes
   * @param value in its lower bytes
   */
  public void writeConfig(int offset, int width, int value) {
    if (config.allows(offset, width)) {
      config.write(offset, width, value);
    } else {
      report(GuestMistake.CONFIG_ACCESS);
    }
  }

  /**
   * Gives the number of queues a driver may set up.
   *
   * @return 2 to 5
   */
  public int queueCount() {
    return registers.count();
  }

  /**
   * Gives the largest size of a queue.
   *
   * @param index of the queue
   * @return a number of descriptors, or 0 if there is no such queue with any features on offer
   */
  public int maxQueueSize(int index) {
    return registers.exists(index) ? settings.queueSize() : 0;
  }

  /**
   * Takes the place of a queue. The queue is off until {@link #enableQueue}, also if it was enabled
   * before. Queues may be placed before DRIVER_OK and after it, each when its turn comes. One that
   * was in use has its place until a reset: it is accepted where it stopped, at {@link
   * QueuePosition#nextAvailable}, and nowhere else.
   *
   * @param index of the queue
   * @param layout where the driver placed it, and at which index it starts
   * @return {@link QueueSetup#ACCEPTED}, or why not
   */
  public QueueSetup configureQueue(int index, QueueLayout layout) {
    return judged(status.resetHeld() ? QueueSetup.TOO_LATE : registers.configure(index, layout));
  }

  /**
   * Enables a configured queue: its messages are read once the driver is up. One that was stopped
   * goes on where it stopped, and what was read before is answered; once no queue is stopped for
   * {@link QueueStop#PERHAPS_RESET} any more, it was a pause.
   *
   * @param index of the queue
   * @return {@link QueueSetup#ACCEPTED}, or why not
   */
  public QueueSetup enableQueue(int index) {
    QueueSetup verdict = judged(status.resetHeld() ? QueueSetup.TOO_LATE : registers.enable(index));
    if (verdict == QueueSetup.ACCEPTED && status.running()) {
      wakeUp();
    }
    return verdict;
  }

  /**
   * Stops a queue, also one that is stopped already. Nothing is lost by it: what was read and not
   * answered is remembered and answered when the queue goes on. Never waits.
   *
   * <p>A transport uses it so. On a request to stop a queue (vhost-user: SET_VRING_ENABLE with 0,
   * GET_VRING_BASE) it calls this and answers when the future completes. When the front end starts
   * the queue again, it calls {@link #configureQueue} with the place and the index that it was
   * told, if it was told any, and {@link #enableQueue}. If the former says {@link
   * QueueSetup#RESET_FIRST}, or other features were negotiated meanwhile, the stop was the end of a
   * driver: it calls {@link #reset} and, when that is complete, starts the driver anew (status,
   * features, all queues).
   *
   * @param index of the queue; of one that does not exist or is off there is nothing to stop
   * @param meaning {@link QueueStop#PAUSE} if the transport would be told of a reset. With {@link
   *     QueueStop#PERHAPS_RESET} the stop also waits until a reset could do no harm, which may take
   *     as long as mapping all memory does
   * @return completes with where the queue stands once the event thread touches its ring no more.
   *     It completes on that thread, or on the calling one, so what depends on it must not block
   */
  public CompletableFuture<QueuePosition> disableQueue(int index, QueueStop meaning) {
    CompletableFuture<QueuePosition> stopped = registers.disable(index, meaning);
    wakeUp();
    return stopped;
  }

  /**
   * Reads a queue's set-up back.
   *
   * @param index of the queue
   * @return where it was last placed, or nothing if it is not since the last reset
   */
  public Optional<QueueLayout> queueLayout(int index) {
    return registers.layout(index);
  }

  /**
   * Returns whether a queue is enabled.
   *
   * @param index of the queue
   * @return true from {@link #enableQueue} on, until it is disabled, placed anew or reset
   */
  public boolean isQueueEnabled(int index) {
    return registers.isEnabled(index);
  }

  /**
   * The driver rang: there may be buffers in a queue.
   *
   * @param index of the queue; any number
   */
  public void notifyQueue(int index) {
    wakeUp();
  }

  /**
   * Does one turn of work: all that is to read, inflate before deflate before the rest, up to a
   * budget.
   *
   * @param events is told what the driver said
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
    // Cleared before the rings are looked at: what comes later wakes us again.
    if (awake.get()) {
      awake.set(false);
      VarHandle.fullFence();
    }
    if (status.resetHeld()) {
      tellReset(events);
    }
    if (!status.running()) {
      return false;
    }
    if (!started) {
      start(events);
    }
    if (registers.changed()) {
      rings.follow(events);
      if (registers.changed()) {
        wakeUp();
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
    if (!status.resetHeld()) {
      queues.deflate().acknowledge(token);
    }
  }

  /**
   * Returns all deflate messages that were read whole and wait, as {@link #acknowledge} does: for
   * an engine that has ended and no longer knows them.
   */
  public void acknowledgeAll() {
    if (!status.resetHeld()) {
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
   * Gives {@code num_pages}.
   *
   * @return pages in 4 KiB units
   */
  public long target() {
    return Integer.toUnsignedLong(config.field(ConfigSpace.NUM_PAGES));
  }

  /**
   * Gives {@code actual}, which the driver wrote: never to be trusted.
   *
   * @return pages in 4 KiB units, as the driver claims; 0 after a reset
   */
  public long actual() {
    return Integer.toUnsignedLong(config.field(ConfigSpace.ACTUAL));
  }

  /**
   * Gives {@code poison_val}, which the driver wrote.
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
    return status.running() && queues.statistics().giveBackHeld();
  }

  /**
   * Asks the driver to list its free pages, under a new command id, which ends any earlier request.
   *
   * @return false if FREE_PAGE_HINT was not negotiated or the driver is not up
   */
  public boolean startFreePageHint() {
    if (!status.running() || !queues.hints().isOn()) {
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
    CompletableFuture<Void> done = resetDone;
    status.clear(this::forgetDriver);
    queues = noQueues();
    rings = noRings();
    registers.completeStops();
    done.complete(null);
  }

  /**
   * Completes the stop that {@link BalloonEvents#stopRequested} told of: from now on, and as long
   * as it lasts, a reset could do no harm.
   *
   * @throws IllegalStateException if no stop is held
   */
  public void completeStop() {
    rings.completeStop();
  }

  /** Sets DEVICE_NEEDS_RESET and interrupts the driver (section 2.1.2). */
  public void fail() {
    if (status.needReset()) {
      transport.interruptConfig();
    }
  }

  /**
   * Gives what was done so far.
   *
   * @return the counts at this moment
   */
  public BalloonCounters counters() {
    return tally.snapshot();
  }

  private CompletableFuture<Void> requestReset() {
    // Made before the reset is held, so that whoever completes it finds it.
    var done = new CompletableFuture<Void>();
    return switch (status.requestReset(this::forgetDriver, () -> resetDone = done)) {
      case HELD -> {
        wakeUp();
        yield done;
      }
      case DONE, HELD_BEFORE -> resetDone;
    };
  }

  /** Called under the status register's lock, by any thread. */
  private void forgetDriver() {
    registers.clear(index -> rings.position(index));
    config.resetDriverFields();
    tally.resets.increment();
  }

  private QueueSetup judged(QueueSetup verdict) {
    // A driver that begins anew makes no mistake: its transport could not tell of the reset.
    if (verdict != QueueSetup.ACCEPTED && verdict != QueueSetup.RESET_FIRST) {
      report(GuestMistake.QUEUE_REFUSED);
    }
    return verdict;
  }

  private void wakeUp() {
    if (awake.compareAndSet(false, true)) {
      transport.wake();
    }
  }

  private void tellReset(BalloonEvents events) {
    if (!resetTold) {
      resetTold = true;
      events.resetRequested();
    }
  }

  private void start(BalloonEvents events) {
    long features = status.agreed();
    queues =
        new OpenQueues(
            memory, PfnMeaning.negotiated(features, settings), hintIds, tally, this::report);
    rings = new QueueRings(registers, queues, features, memory, this::interrupt, this::report);
    started = true;
    events.driverReady();
  }

  private OpenQueues noQueues() {
    return new OpenQueues(memory, PfnMeaning.negotiated(0, settings), hintIds, tally, this::report);
  }

  private QueueRings noRings() {
    return new QueueRings(registers, queues, 0, memory, this::interrupt, this::report);
  }

  private void interrupt(int queue) {
    tally.interrupts++;
    transport.interruptQueue(queue);
  }

  private void changeConfig(int field, int value) {
    if (config.setField(field, value) && status.running()) {
      transport.interruptConfig();
    }
  }

  private void report(GuestMistake mistake) {
    tally.count(mistake);
    if (mistake.needsReset()) {
      fail();
    }
    if (mistake == GuestMistake.BAD_HUGE_PAGE) {
      queues.refusePages();
    }
  }
}
