package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.balloon.virtio.QueueLayout;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** What the front end has said of one queue. Of the session's thread but for {@link #call}. */
final class Vring implements AutoCloseable {
  private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);

  private final SignalDescriptor call = new SignalDescriptor(ONE);
  private Optional<Descriptor> kick = Optional.empty();
  private Optional<VringAddresses> addresses = Optional.empty();
  private int size;
  private int base;
  private boolean enabled;

  SignalDescriptor call() {
    return call;
  }

  void size(int descriptors) {
    size = descriptors;
  }

  void base(int index) {
    base = index;
  }

  void addresses(VringAddresses placed) {
    addresses = Optional.of(placed);
  }

  void enabled(boolean on) {
    enabled = on;
  }

  /** Returns whether the front end has placed it and has not stopped it since. */
  boolean isPlaced() {
    return addresses.isPresent();
  }

  boolean isReady() {
    return isPlaced() && enabled && kick.isPresent();
  }

  int base() {
    return base;
  }

  /** Gives up its place, until the front end gives it another, to go on at an index. */
  void stop(int index) {
    addresses = Optional.empty();
    enabled = false;
    base = index;
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

  Optional<Descriptor> kick() {
    return kick;
  }

  void kick(Descriptor next) {
    kick = Optional.of(next);
  }

  void closeKick() {
    kick.ifPresent(Descriptor::close);
    kick = Optional.empty();
  }

  @Override
  public void close() {
    closeKick();
    call.close();
  }
}
