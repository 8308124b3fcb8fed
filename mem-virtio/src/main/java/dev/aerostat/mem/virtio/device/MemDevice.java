package dev.aerostat.mem.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Pages;
import dev.aerostat.mem.virtio.MemCounters;
import dev.aerostat.mem.virtio.MemMistake;
import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.mem.virtio.device.MemRequest.Answer;
import dev.aerostat.mem.virtio.device.MemRequest.State;
import dev.aerostat.virtio.GuestMistake;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.VirtioDevice;
import dev.aerostat.virtio.VirtioFeatures;
import dev.aerostat.virtio.device.DeviceIdentity;
import dev.aerostat.virtio.device.DeviceRegisters;
import dev.aerostat.virtio.device.QueueRegisters;
import dev.aerostat.virtio.device.Virtqueue;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The device side of virtio-mem (virtio 1.2, section 5.15), on guest memory in place.
 *
 * <p>This is the engine's side of it. What a transport calls is {@link #registers}, and a VMM gets
 * no more than those. All else the engine calls from its one event thread. Nothing that a guest
 * writes makes a method throw, read outside guest memory or loop without bound.
 *
 * <h2>Answers</h2>
 *
 * A request to plug is acknowledged when the engine says so, that is, when all of it is mapped; the
 * driver waits, and no other request is read meanwhile. Every other answer is given at once: ERROR
 * to what makes no sense (section 5.15.6), NACK to a request to plug more than {@code
 * requested_size}. BUSY is never answered.
 *
 * <h2>Resets</h2>
 *
 * What is plugged stays plugged over a reset, so a reset needs nothing of the engine and completes
 * in the next turn. A request that is held is dropped with its ring, and its blocks stay unplugged.
 */
public final class MemDevice {
  private static final int QUEUE = 0;

  private final MemSettings settings;
  private final MemTransport transport;
  private final MemCounts counts = new MemCounts();
  private final MemConfig config;
  private final QueueRegisters queueRegisters;
  private final DeviceRegisters registers;

  // Of the event thread alone.
  private final PluggedBlocks plugged = new PluggedBlocks();
  private final RequestReader reader;
  private final RequestRing ring;
  private Optional<Held> held = Optional.empty();

  /** A request to plug that waits for its answer. */
  private record Held(int head, int firstBlock, int endBlock) {}

  /**
   * Creates a device that was just reset, with nothing plugged and nothing asked for.
   *
   * @param settings how it presents itself
   * @param memory the guest's RAM, alive for as long as the device is used
   * @param transport where interrupts and wake-ups go
   */
  public MemDevice(MemSettings settings, GuestMemory memory, MemTransport transport) {
    this.settings = settings;
    this.transport = transport;
    this.config = new MemConfig(settings);
    this.reader = new RequestReader(memory, this::report);
    this.queueRegisters = new QueueRegisters(memory, 1 << QUEUE, settings.queueSize());
    this.ring = new RequestRing(queueRegisters, memory, this::interrupt, this::report);
    this.registers =
        new DeviceRegisters(
            new DeviceIdentity(
                VirtioDevice.ID_MEM, settings.featureBits(), VirtioFeatures.VERSION_1),
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
   * Returns how it presents itself.
   *
   * @return as it was made
   */
  public MemSettings settings() {
    return settings;
  }

  /**
   * Does one turn of work: all requests that can be answered, up to a budget.
   *
   * @param events called for what the engine decides
   * @param blockBudget blocks that may be looked at, greater than 0; each request counts as one
   *     more, and the last one may exceed it
   * @return true if the budget was used up, so there may be more to read: call again when others
   *     had their turn
   * @throws IllegalArgumentException if the budget is not greater than 0
   */
  public boolean process(MemEvents events, int blockBudget) {
    if (blockBudget <= 0) {
      throw new IllegalArgumentException(
          "a budget of %d blocks a turn: expected more than 0".formatted(blockBudget));
    }
    registers.beginTurn();
    if (registers.isResetHeld()) {
      completeReset(events);
    }
    if (!registers.isRunning()) {
      return false;
    }
    if (queueRegisters.changed()) {
      follow(events);
    }
    Virtqueue queue = ring.queue();
    int left = blockBudget;
    while (left > 0 && held.isEmpty() && queue.poll()) {
      int head = queue.take();
      if (head != Virtqueue.NONE) {
        left -= 1 + handle(events, head);
      }
    }
    return left <= 0 && held.isEmpty();
  }

  private void follow(MemEvents events) {
    if (ring.follow(registers.negotiatedFeatures())) {
      held.ifPresent(request -> ask(events, request));
    }
    // A queue that was to go on before it was let go.
    if (queueRegisters.changed()) {
      registers.wakeUp();
    }
  }

  /** Carries a request out or holds it; returns how many blocks it looked at. */
  private int handle(MemEvents events, int head) {
    Optional<MemRequest> request = reader.read(ring.queue().chain());
    if (!reader.hasRoom()) {
      report(MemMistake.NO_ROOM_TO_ANSWER);
      ring.queue().giveBack(head, 0);
      return 0;
    }
    if (request.isEmpty()) {
      answer(head, Answer.ERROR, 0);
      return 0;
    }
    return handle(events, head, request.get());
  }

  private int handle(MemEvents events, int head, MemRequest request) {
    int type = request.type();
    if (type == MemRequest.UNPLUG_ALL) {
      int blocks = plugged.count();
      plugged.clear();
      unplugged(events, head, blocks);
      return blocks;
    }
    if (type != MemRequest.PLUG && type != MemRequest.UNPLUG && type != MemRequest.STATE) {
      refuse(head, MemMistake.UNKNOWN_REQUEST);
      return 0;
    }
    if (!exists(request)) {
      refuse(head, MemMistake.NO_SUCH_BLOCKS);
      return 0;
    }
    int first = (int) ((request.address() - settings.region().start()) / settings.blockBytes());
    int end = first + request.blocks();
    if (type == MemRequest.STATE) {
      counts.states++;
      answer(head, Answer.ACK, state(first, end).code);
    } else if (type == MemRequest.PLUG) {
      plug(events, new Held(head, first, end));
    } else if (plugged.all(first, end)) {
      plugged.remove(first, end);
      unplugged(events, head, end - first);
    } else {
      refuse(head, MemMistake.WRONG_STATE);
    }
    return end - first;
  }

  private boolean exists(MemRequest request) {
    long offset = request.address() - settings.region().start();
    long bytes = request.blocks() * settings.blockBytes();
    long size = settings.region().length();
    return bytes > 0
        && offset >= 0
        && offset < size
        && offset % settings.blockBytes() == 0
        && bytes <= size - offset;
  }

  private State state(int first, int end) {
    if (plugged.all(first, end)) {
      return State.PLUGGED;
    }
    return plugged.none(first, end) ? State.UNPLUGGED : State.MIXED;
  }

  private void plug(MemEvents events, Held request) {
    int blocks = request.endBlock() - request.firstBlock();
    if (!plugged.none(request.firstBlock(), request.endBlock())) {
      refuse(request.head(), MemMistake.WRONG_STATE);
    } else if (bytes(plugged.count() + (long) blocks) > config.requested()) {
      counts.nacks++;
      answer(request.head(), Answer.NACK, 0);
    } else {
      held = Optional.of(request);
      ask(events, request);
    }
  }

  private void ask(MemEvents events, Held request) {
    events.plugAsked(page(request.firstBlock()), page(request.endBlock()));
  }

  private long page(int block) {
    return Pages.ofBytes(settings.region().start() + bytes(block));
  }

  private long bytes(long blocks) {
    return blocks * settings.blockBytes();
  }

  private void unplugged(MemEvents events, int head, int blocks) {
    counts.unplugs++;
    config.setPlugged(bytes(plugged.count()));
    answer(head, Answer.ACK, 0);
    if (blocks > 0) {
      events.unplugged(Pages.ofBytes(bytes(blocks)));
    }
  }

  private void refuse(int head, MemMistake mistake) {
    report(mistake);
    answer(head, Answer.ERROR, 0);
  }

  private void answer(int head, Answer answer, int state) {
    counts.errors += answer == Answer.ERROR ? 1 : 0;
    reader.answer(answer.code, state);
    ring.queue().giveBack(head, RequestReader.ANSWER_BYTES);
  }

  /**
   * Answers the request to plug that {@link MemEvents#plugAsked} told of.
   *
   * @param acknowledged true if all of its pages are mapped: they are the guest's from now on;
   *     false to refuse it (NACK), and nothing changes
   * @return whether the driver has its answer. If its queue is stopped it has not: the request is
   *     asked again when that goes on. If a reset is held it never will
   * @throws IllegalStateException if no request waits
   */
  public boolean answerPlug(boolean acknowledged) {
    Held request =
        held.orElseThrow(
            () ->
                new IllegalStateException(
                    "no request to plug waits; answer each once, after its plugAsked"));
    // The driver no longer waits for it, and its buffer may be other memory by now.
    if (registers.isResetHeld() || ring.queue().isStopped()) {
      return false;
    }
    held = Optional.empty();
    if (acknowledged) {
      plugged.add(request.firstBlock(), request.endBlock());
      config.setPlugged(bytes(plugged.count()));
      counts.plugs++;
      answer(request.head(), Answer.ACK, 0);
    } else {
      counts.nacks++;
      answer(request.head(), Answer.NACK, 0);
    }
    // What came while it was held is still to be read.
    registers.wakeUp();
    return true;
  }

  /** Refuses the request to plug that waits, if one does: for an engine that has ended. */
  public void refusePlug() {
    if (held.isPresent()) {
      boolean _ = answerPlug(false);
    }
  }

  /**
   * Sets {@code requested_size}, how much the guest is asked to plug, and interrupts the driver if
   * that is new to it.
   *
   * @param bytes a multiple of the block size, 0 to the size of the region
   * @throws IllegalArgumentException if it is not
   */
  public void setRequested(long bytes) {
    if (bytes < 0 || bytes > settings.region().length() || bytes % settings.blockBytes() != 0) {
      throw new IllegalArgumentException(
          "a request for %d bytes: expected a multiple of %d, 0 to %d"
              .formatted(bytes, settings.blockBytes(), settings.region().length()));
    }
    if (config.setRequested(bytes) && registers.isRunning()) {
      transport.interruptConfig();
    }
  }

  /** Sets DEVICE_NEEDS_RESET and interrupts the driver (section 2.1.2). */
  public void fail() {
    if (registers.needReset()) {
      transport.interruptConfig();
    }
  }

  /**
   * Ends the device: it plugs nothing any more. {@code requested_size} becomes what is plugged, as
   * a driver that is asked for more sends a refused request again at once (virtio_mem_run_wq in
   * Linux's virtio_mem.c); DEVICE_NEEDS_RESET is set, and a request that waits is refused.
   *
   * <p>To be called again after each {@link #process}: a driver may have unplugged memory, or a new
   * one have come.
   */
  public void end() {
    setRequested(config.plugged());
    fail();
    refusePlug();
  }

  /**
   * Returns what was done so far.
   *
   * @return the counts at this moment
   */
  public MemCounters counters() {
    return counts.snapshot(config);
  }

  private void completeReset(MemEvents events) {
    boolean waited = held.isPresent();
    held = Optional.empty();
    CompletableFuture<Void> done = registers.completeReset();
    ring.forget();
    queueRegisters.completeStops();
    if (waited) {
      events.plugDropped();
    }
    done.complete(null);
  }

  private void interrupt(int queue) {
    counts.interrupts++;
    transport.interruptQueue();
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
  }

  /** What the registers ask of the device, on any thread. */
  private final class RegistersOwner implements DeviceRegisters.Owner {
    @Override
    public void wake() {
      transport.wake();
    }

    @Override
    public void driverForgotten() {
      counts.resets.increment();
    }

    @Override
    public QueuePosition position(int queue) {
      return ring.position();
    }
  }
}
