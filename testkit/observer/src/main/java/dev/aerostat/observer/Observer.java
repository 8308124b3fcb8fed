package dev.aerostat.observer;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.observer.QueueWatch.GuestMessage;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Judges a run page by page. It is told nothing by those it judges: it stands between them and
 * mapper, gate and host memory, and reads the rings in guest memory itself.
 *
 * <p>A page leaves the guest when the device returns its inflate, and is the guest's again when the
 * used index that covers its deflate is published. {@link #poll()} after every step of the run sees
 * to it that nothing is missed; calls through the decorators poll first.
 *
 * <p>Safe for use by several threads: no call on mapper, gate or host memory waits for another's,
 * and what is judged is the order in which the calls came to their ends. It costs 3 to 4 bits a
 * page where memory is mixed and next to nothing where it is not.
 */
public final class Observer {
  private final RamIndex ram;
  private final LongSupplier clock;
  private final MapFailurePolicy policy;
  private boolean closing;
  private boolean queuesPause;
  private final ViolationLog log;
  private final Balloon balloon;
  private final ObservedMappings mappings;
  private final MappingRules mappingRules;
  private final DiscardRules discardRules;
  private final DeflateStatistics deflates = new DeflateStatistics();
  private long inflateMessages;
  private long inflatePages;
  private List<QueueWatch> queues = List.of();
  private Optional<Pluggable> pluggable = Optional.empty();
  private Optional<PlugWatch> plugs = Optional.empty();
  private List<RingIndexes> rings = List.of();
  private GateState gate = GateState.CLOSED;

  /** What a virtio-mem device has. */
  private record Pluggable(GuestRange region, long blockBytes) {}

  private enum GateState {
    CLOSED,
    OPENING,
    OPEN,
    CLOSING
  }

  /**
   * Starts with all RAM guest-owned, nothing mapped and the gate closed.
   *
   * @param memory the guest's RAM
   * @param policy with {@link MapFailurePolicy#CLOSE_GATE_AND_ACK} a deflate may be returned
   *     unmapped while the gate is closed
   * @param plannedMappings live mappings that the plan allows, 0 or more
   * @param clock the run's time in nanoseconds; it never goes back
   */
  public Observer(
      GuestMemory memory, MapFailurePolicy policy, long plannedMappings, LongSupplier clock) {
    this(memory, policy, plannedMappings, clock, new ViolationLog(clock));
  }

  Observer(
      GuestMemory memory,
      MapFailurePolicy policy,
      long plannedMappings,
      LongSupplier clock,
      ViolationLog log) {
    this.ram = new RamIndex(memory);
    this.clock = clock;
    this.policy = policy;
    this.log = log;
    this.balloon = new Balloon(ram.pages());
    this.mappings = new ObservedMappings(ram.pages());
    this.mappingRules = new MappingRules(ram, mappings, plannedMappings, log);
    this.discardRules = new DiscardRules(ram, balloon, mappings, log);
  }

  /**
   * Puts the observer between the engine and its mapper.
   *
   * @param mapper does the work
   * @param lastCost nanoseconds that the latest call on {@code mapper} costs on the run's clock: a
   *     map counts as done only then
   * @return what to give to the engine
   */
  public DmaMapper observe(DmaMapper mapper, LongSupplier lastCost) {
    return new ObservedMapper(mapper, this, lastCost);
  }

  /**
   * Puts the observer between the engine and the gate.
   *
   * @param gate does the work
   * @return what to give to the engine
   */
  public Gate observe(Gate gate) {
    return new ObservedGate(gate, this);
  }

  HostMemory observe(HostMemory memory) {
    return new ObservedHostMemory(memory, this);
  }

  /**
   * Passes on how long each deflate message waits, from now on: what {@link Accounting.Deflates}
   * sums up.
   *
   * @param listener called with nanoseconds from a message's availability to its used index, by
   *     whichever thread saw that; it must be quick, and not call the observer
   */
  public synchronized void tellWaits(LongConsumer listener) {
    deflates.tell(listener);
  }

  /**
   * Starts to follow the rings, when the driver has set them up and before it uses them. What was
   * watched before is forgotten.
   *
   * @param inflate where the inflate queue lies
   * @param deflate where the deflate queue lies
   * @throws IllegalArgumentException if a part of a ring does not lie in RAM
   */
  public synchronized void watchQueues(RingPlacement inflate, RingPlacement deflate) {
    queuesPause = false;
    queues =
        List.of(
            new QueueWatch("inflate", inflate, ram, new Inflates(), log),
            new QueueWatch("deflate", deflate, ram, new Deflates(), log));
    findRings();
  }

  /**
   * Informs that a virtio-mem device withholds memory until the guest plugs it, before anything is
   * mapped. From now on nothing of it is the guest's, and no message of the balloon changes that.
   *
   * @param region what the device has, all of it RAM
   * @param blockBytes what is plugged at a time
   */
  public synchronized void withhold(GuestRange region, long blockBytes) {
    pluggable = Optional.of(new Pluggable(region, blockBytes));
    balloon.withhold(ram.pagesBelow(region.firstPage()), ram.pagesBelow(region.endPage()));
  }

  /**
   * Starts to follow the request queue of the virtio-mem device, when its driver has set it up and
   * before it uses it. What was watched before is forgotten.
   *
   * @param ring where it lies
   * @throws IllegalArgumentException if a part of the ring does not lie in RAM
   * @throws IllegalStateException if {@link #withhold} was not called
   */
  public synchronized void watchPlugs(RingPlacement ring) {
    Pluggable device =
        pluggable.orElseThrow(
            () -> new IllegalStateException("tell first what the virtio-mem device withholds"));
    plugs =
        Optional.of(
            new PlugWatch(ring, ram, device.region(), device.blockBytes(), new Plugs(), log));
    findRings();
  }

  /**
   * Called when a reset of the virtio-mem device has taken effect: its ring is in use no more. What
   * is plugged stays plugged.
   */
  public synchronized void plugsReset() {
    poll();
    plugs = Optional.empty();
    findRings();
  }

  private void findRings() {
    rings =
        Stream.concat(
                queues.stream().map(QueueWatch::indexes), plugs.stream().map(PlugWatch::indexes))
            .toList();
  }

  /** Reads the rings: to be called after each step of guest, device or host. */
  public synchronized void poll() {
    long now = clock.getAsLong();
    mappings.settle(now);
    if (!queuesPause) {
      readQueues(now);
    }
  }

  private void readQueues(long now) {
    RingIndexes.read(rings);
    for (QueueWatch queue : queues) {
      queue.readAvailable(now);
    }
    plugs.ifPresent(PlugWatch::readAvailable);
    for (QueueWatch queue : queues) {
      queue.readUsed(now);
    }
    plugs.ifPresent(PlugWatch::readUsed);
  }

  /**
   * Called when no queue is in use for now: the driver pauses, or is gone, and then its rings'
   * memory is the guest's for other use.
   */
  public synchronized void queuesPause() {
    poll();
    queuesPause = true;
  }

  /** Called before queues that paused go on where they stopped. */
  public synchronized void queuesGoOn() {
    queuesPause = false;
  }

  /**
   * Called when a device reset has taken effect: all RAM is guest-owned, no ring is in use. To be
   * called when the device shows status 0, not when the guest asks for it.
   */
  public synchronized void resetCompleted() {
    poll();
    queues = List.of();
    findRings();
    balloon.reset();
    if (gate != GateState.CLOSED) {
      requireAllMapped(Check.RESET_UNMAPPED);
    }
  }

  /**
   * Called when the engine is being closed: it gives pending deflates back, mapped or not, once the
   * gate is closed.
   */
  public synchronized void closing() {
    closing = true;
  }

  /**
   * Ends the run: a message that was never returned is a violation.
   *
   * @return what was counted
   */
  public synchronized Accounting finish() {
    poll();
    queues.forEach(QueueWatch::finish);
    plugs.ifPresent(PlugWatch::finish);
    return accounting();
  }

  /**
   * Counts.
   *
   * @return as of the last poll
   */
  public synchronized Accounting accounting() {
    return new Accounting(
        balloon.ownedPages(),
        balloon.balloonedPages(),
        balloon.leavingPages(),
        mappings.pages(),
        mappings.live(),
        mappings.peak(),
        new Accounting.Inflates(
            inflateMessages,
            inflatePages,
            queues.isEmpty() ? 0 : queues.getFirst().outstandingPages()),
        deflates.summary());
  }

  /**
   * Counts the breaches so far.
   *
   * @return 0 if all is well
   */
  public synchronized long violations() {
    return log.count();
  }

  /**
   * Returns the first few breaches.
   *
   * @return at most 8, in the order they were seen
   */
  public synchronized List<Violation> firstViolations() {
    return log.first();
  }

  synchronized void mapAsked(IovaRange iova, HostAddress host) {
    poll();
    mappingRules.checkMap(iova, host);
  }

  synchronized void mapped(IovaRange iova, long cost) {
    poll();
    mappingRules.mapped(iova, clock.getAsLong() + cost);
  }

  synchronized void leftUnsure(IovaRange iova) {
    poll();
    mappingRules.leftUnsure(iova);
  }

  synchronized void unmapAsked(IovaRange iova) {
    poll();
    mappingRules.checkUnmap(iova);
    checkUnmap(mappingRules.unmapFirst(iova), mappingRules.unmapEnd(iova));
  }

  synchronized void unmapped(IovaRange iova) {
    poll();
    mappingRules.unmapped(mappingRules.unmapFirst(iova), mappingRules.unmapEnd(iova));
  }

  synchronized void unmapAllAsked() {
    poll();
    checkUnmap(0, mappingRules.pages());
  }

  synchronized void allUnmapped() {
    poll();
    mappingRules.unmapped(0, mappingRules.pages());
  }

  synchronized void discardAsked(HostAddress start, long bytes) {
    poll();
    discardRules.check(start, bytes);
  }

  /** Checks, before it happens, what an unmap of {@code [first, end)} would take from the guest. */
  private void checkUnmap(long first, long end) {
    if (gate == GateState.CLOSED) {
      return;
    }
    long page = mappings.nextLive(first, end);
    while (page < end) {
      long owned = balloon.nextOwned(page, end);
      long live = mappings.nextLive(owned, end);
      if (owned < end && live == owned) {
        report(Check.UNMAPPED_IN_USE, owned, balloon.nextNotOwned(owned, end));
        return;
      }
      page = live;
    }
  }

  synchronized void gateAsked(boolean open) {
    poll();
    GateState before = open ? GateState.CLOSED : GateState.OPEN;
    if (gate != before) {
      log.report(
          Check.GATE_OUT_OF_TURN, "asked to %s while %s".formatted(open ? "open" : "close", gate));
    }
    gate = open ? GateState.OPENING : GateState.CLOSING;
  }

  synchronized void gateDone(boolean open) {
    poll();
    gate = open ? GateState.OPEN : GateState.CLOSED;
    if (open) {
      requireAllMapped(Check.OPENED_UNMAPPED);
    }
  }

  private void requireAllMapped(Check check) {
    long end = ram.pages();
    long first = balloon.nextOwned(0, end);
    while (first < end) {
      long ownedEnd = balloon.nextNotOwned(first, end);
      long unmapped = mappings.nextUnusable(first, ownedEnd);
      if (unmapped < ownedEnd) {
        report(check, unmapped, mappings.nextUsable(unmapped, ownedEnd));
        return;
      }
      first = balloon.nextOwned(ownedEnd, end);
    }
  }

  private void requireMapped(GuestMessage message) {
    boolean excused = closing || policy == MapFailurePolicy.CLOSE_GATE_AND_ACK;
    if (excused && gate == GateState.CLOSED) {
      return;
    }
    Check check = excused ? Check.RETURNED_UNMAPPED : Check.ACK_BEFORE_MAP;
    long before = log.count();
    for (int run = 0; run < message.runs.count() && log.count() == before; run++) {
      balloon.outsideRegion(
          message.runs.first(run),
          message.runs.end(run),
          (first, end) -> requireUsable(check, first, end));
    }
  }

  private void requireUsable(Check check, long first, long end) {
    long unmapped = mappings.nextUnusable(first, end);
    if (unmapped < end) {
      report(check, unmapped, mappings.nextUsable(unmapped, end));
    }
  }

  private void report(Check check, long first, long end) {
    log.report(check, ram.range(first, end).toString());
  }

  private final class Plugs implements PlugWatch.Listener {
    @Override
    public boolean allPlugged(GuestRange blocks) {
      return balloon.nextNotOwned(first(blocks), end(blocks)) == end(blocks);
    }

    @Override
    public boolean nonePlugged(GuestRange blocks) {
      return balloon.nextOwned(first(blocks), end(blocks)) == end(blocks);
    }

    @Override
    public void plugged(GuestRange blocks) {
      requireUsable(Check.PLUG_BEFORE_MAP, first(blocks), end(blocks));
      balloon.plug(first(blocks), end(blocks));
    }

    @Override
    public void unplugged(GuestRange blocks) {
      balloon.unplug(first(blocks), end(blocks));
    }

    private long first(GuestRange blocks) {
      return ram.pagesBelow(blocks.firstPage());
    }

    private long end(GuestRange blocks) {
      return ram.pagesBelow(blocks.endPage());
    }
  }

  private final class Inflates implements QueueWatch.Listener {
    @Override
    public void offered(GuestMessage message) {
      inflateMessages++;
      inflatePages += message.runs.pages();
    }

    @Override
    public void returned(GuestMessage message, long now) {
      balloon.take(message.runs);
    }
  }

  private final class Deflates implements QueueWatch.Listener {
    @Override
    public void offered(GuestMessage message) {
      deflates.offered(message.runs, mappings);
      balloon.startLeaving(message.runs);
    }

    @Override
    public void returned(GuestMessage message, long now) {
      requireMapped(message);
      balloon.giveBack(message.runs);
      deflates.returned(now - message.availableAt);
    }
  }
}
