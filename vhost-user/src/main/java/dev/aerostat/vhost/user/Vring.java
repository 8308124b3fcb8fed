package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.virtio.QueueLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What the front end has said of one queue. Of the session's thread but for {@link #call}. */
final class Vring implements AutoCloseable {
  /** What a front end sets before a queue starts. */
  enum Part {
    SIZE,
    BASE,
    ADDRESSES,
    KICK
  }

  /** Whether the device uses it, and if not, since when. */
  private enum State {
    IDLE,
    RUNNING,
    PAUSED,
    HANDED_BACK
  }

  private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);

  private final SignalDescriptor call = new SignalDescriptor(ONE);
  private final Set<Part> fresh = EnumSet.noneOf(Part.class);
  private Optional<Descriptor> kick = Optional.empty();
  private Optional<VringAddresses> addresses = Optional.empty();
  private Optional<Boolean> enabled = Optional.empty();
  private int size;
  private int base;
  private State state = State.IDLE;
  private boolean kicked;

  SignalDescriptor call() {
    return call;
  }

  int base() {
    return base;
  }

  Optional<Descriptor> kick() {
    return kick;
  }

  /** Returns whether the device uses it. */
  boolean isRunning() {
    return state == State.RUNNING;
  }

  /** Returns whether the front end has stopped it without asking where. */
  boolean isPaused() {
    return state == State.PAUSED;
  }

  void size(int descriptors) throws RefusedException {
    requireStopped(descriptors == size);
    size = descriptors;
    fresh.add(Part.SIZE);
  }

  void base(int index) throws RefusedException {
    requireStopped(index == base);
    base = index;
    fresh.add(Part.BASE);
  }

  void addresses(VringAddresses placed) throws RefusedException {
    requireStopped(addresses.equals(Optional.of(placed)));
    addresses = Optional.of(placed);
    fresh.add(Part.ADDRESSES);
  }

  private void requireStopped(boolean same) throws RefusedException {
    if (isRunning() && !same) {
      throw new RefusedException("the queue runs: stop it first (GET_VRING_BASE)");
    }
  }

  /** Takes a descriptor over in place of the one before, also while it runs. */
  void kick(Descriptor next) {
    closeKick();
    kick = Optional.of(next);
    fresh.add(Part.KICK);
  }

  void enabled(boolean on) {
    enabled = Optional.of(on);
  }

  /** Called when the driver rang. */
  void kicked() {
    kicked = true;
  }

  /**
   * Returns whether it starts now: it is enabled, and either the driver has rung or the front end
   * has nothing left to say before it does. The former alone would leave messages unread that the
   * driver rang for before the queue was stopped.
   */
  boolean isDue(boolean startsEnabled) {
    return !isRunning()
        && size > 0
        && addresses.isPresent()
        && kick.isPresent()
        && enabled.orElse(startsEnabled)
        && (kicked || fresh.containsAll(EnumSet.allOf(Part.class)));
  }

  /** Called before the device is asked to use it. */
  void starts() {
    state = State.RUNNING;
    kicked = false;
  }

  /** Called when the device would not use it where it is: it is to be placed anew. */
  void refused() {
    kicked = false;
    addresses = Optional.empty();
    fresh.remove(Part.ADDRESSES);
  }

  /** Called when the device has stopped using it; it would go on at this index. */
  void stoppedAt(int index) {
    state = State.PAUSED;
    base = index;
  }

  /** Called when the front end has asked where it stopped: it sets it up again before a start. */
  void handedBack() {
    closeKick();
    kicked = false;
    fresh.clear();
    state = state == State.IDLE ? State.IDLE : State.HANDED_BACK;
  }

  /** Forgets all but where to call. */
  void reset() {
    handedBack();
    addresses = Optional.empty();
    enabled = Optional.of(false);
    size = 0;
    base = 0;
    state = State.IDLE;
  }

  QueueLayout layout(MemoryTable table) throws RefusedException {
    VringAddresses placed = addresses.orElseThrow();
    return new QueueLayout(
        size,
        table.guestAddress(placed.descriptors()),
        table.guestAddress(placed.available()),
        table.guestAddress(placed.used()),
        base);
  }

  private void closeKick() {
    kick.ifPresent(Descriptor::close);
    kick = Optional.empty();
  }

  @Override
  public void close() {
    closeKick();
    call.close();
  }
}
