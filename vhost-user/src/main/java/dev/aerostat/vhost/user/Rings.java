package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.memory.linux.socket.AllClosed;
import dev.aerostat.memory.linux.socket.Poller;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.virtio.QueueLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What the front end has said of the queues. Of the session's thread but for interrupts. */
final class Rings implements AutoCloseable {
  private static final int INDEX_MASK = 0xff;
  private static final int NO_DESCRIPTOR = 1 << 8;
  private static final int MOST_INDEX = 0xffff;

  private final Poller poller;
  private final int firstKey;
  private final int largest;
  private final List<Vring> vrings = new ArrayList<>();
  private final MemorySegment counter = Arena.ofAuto().allocate(JAVA_LONG);
  private final MemorySegment piece =
      Arena.ofAuto().allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);

  /** Creates them; the kick of queue 0 is watched under {@code firstKey}. */
  Rings(BalloonSettings settings, int count, Poller poller, int firstKey) {
    this.poller = poller;
    this.firstKey = firstKey;
    this.largest = settings.queueSize();
    for (int queue = 0; queue < count; queue++) {
      vrings.add(new Vring());
    }
    piece.set(JAVA_LONG, 0, counter.address());
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, counter.byteSize());
  }

  int count() {
    return vrings.size();
  }

  Vring get(int index) throws RefusedException {
    if (index < 0 || index >= vrings.size()) {
      throw new RefusedException(
          "there is no queue %s: expected 0 to %d"
              .formatted(Integer.toUnsignedString(index), vrings.size() - 1));
    }
    return vrings.get(index);
  }

  void interrupt(int queue) {
    vrings.get(queue).call().signal();
  }

  void setSize(VringState wish) throws RefusedException {
    Vring vring = get(wish.index());
    int size = wish.number();
    if (size < 1 || size > largest || Integer.bitCount(size) != 1) {
      throw new RefusedException(
          "queue %d of %s descriptors: expected a power of two from 1 to %d"
              .formatted(wish.index(), Integer.toUnsignedString(size), largest));
    }
    vring.size(size);
  }

  void setBase(VringState wish) throws RefusedException {
    Vring vring = get(wish.index());
    if (wish.number() < 0 || wish.number() > MOST_INDEX) {
      throw new RefusedException(
          "queue %d from index %s on: expected 0 to %d"
              .formatted(wish.index(), Integer.toUnsignedString(wish.number()), MOST_INDEX));
    }
    vring.base(wish.number());
  }

  void setKick(VhostUserMessage message) throws IOException, RefusedException {
    long wish = message.read(ByteBuffer::getLong);
    int queue = (int) wish & INDEX_MASK;
    Vring vring = get(queue);
    if ((wish & NO_DESCRIPTOR) != 0) {
      throw new RefusedException(
          "queue %d is to be polled, without a kick: expected an eventfd".formatted(queue));
    }
    Descriptor next = message.takeDescriptor();
    try {
      EventFiles.requireKick(next);
      // Told once a kick: a descriptor that stays readable costs nothing.
      poller.watch(next, firstKey + queue, SocketConstants.EPOLLIN | SocketConstants.EPOLLET);
    } catch (IOException | RefusedException unusable) {
      next.close();
      throw unusable;
    }
    vring.kick().ifPresent(poller::forget);
    vring.kick(next);
  }

  /** Takes a kick, so that a pipe never fills up. */
  void takeKick(int queue) {
    Vring vring = vrings.get(queue);
    vring.kicked();
    vring
        .kick()
        .ifPresent(
            kick -> {
              long _ = SocketCalls.libc().readNow(kick.number(), piece);
            });
  }

  void setCall(VhostUserMessage message) throws RefusedException {
    long wish = message.read(ByteBuffer::getLong);
    SignalDescriptor call = get((int) wish & INDEX_MASK).call();
    if ((wish & NO_DESCRIPTOR) != 0) {
      call.close();
    } else {
      call.connect(message.takeDescriptor());
    }
  }

  /** Called when the front end has asked where a queue stopped: its kick means nothing more. */
  void handedBack(Vring vring) {
    vring.kick().ifPresent(poller::forget);
    vring.handedBack();
  }

  /** Forgets all queues but where to call. */
  void reset() {
    for (Vring vring : vrings) {
      vring.kick().ifPresent(poller::forget);
      vring.reset();
    }
  }

  boolean areRunning() {
    return vrings.stream().anyMatch(Vring::isRunning);
  }

  /** Returns the indexes of those of which something holds, lowest first. */
  List<Integer> indexes(Predicate<Vring> condition) {
    return IntStream.range(0, vrings.size())
        .filter(queue -> condition.test(vrings.get(queue)))
        .boxed()
        .toList();
  }

  /** Returns where the queues lie that run. */
  Map<Integer, QueueLayout> layouts(MemoryTable table) throws RefusedException {
    var layouts = new TreeMap<Integer, QueueLayout>();
    for (int queue : indexes(Vring::isRunning)) {
      layouts.put(queue, vrings.get(queue).layout(table));
    }
    return layouts;
  }

  @Override
  public void close() {
    var parts = new ArrayList<AllClosed.Closeable>();
    vrings.forEach(vring -> parts.add(vring::close));
    AllClosed.close(parts);
  }
}
