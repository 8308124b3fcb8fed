package dev.aerostat.vhost.guest;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.MemoryRegion;
import dev.aerostat.guest.sim.BalloonQueue;
import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * What a driver does to its device's registers, as messages in the order in which User Mode Linux
 * sends them. Of the vCPU's thread alone.
 */
final class SocketTransport implements DeviceTransport, AutoCloseable {
  private static final int GET_FEATURES = 1;
  private static final int SET_FEATURES = 2;
  private static final int SET_OWNER = 3;
  private static final int SET_MEM_TABLE = 5;
  private static final int SET_VRING_NUM = 8;
  private static final int SET_VRING_ADDR = 9;
  private static final int SET_VRING_BASE = 10;
  private static final int GET_VRING_BASE = 11;
  private static final int SET_VRING_KICK = 12;
  private static final int SET_VRING_CALL = 13;
  private static final int GET_PROTOCOL_FEATURES = 15;
  private static final int SET_PROTOCOL_FEATURES = 16;
  private static final int SET_VRING_ENABLE = 18;
  private static final int SET_BACKEND_REQ_FD = 21;
  private static final int GET_CONFIG = 24;
  private static final int SET_CONFIG = 25;

  private static final long PROTOCOL_FEATURES = 1L << 30;
  private static final long REPLY_ACK = 1L << 3;
  private static final long BACKEND_REQ = 1L << 5;
  private static final long CONFIG = 1L << 9;

  private static final int DRIVER_OK = 4;
  private static final int FEATURES_OK = 8;

  private static final int REGION_BYTES = 32;
  private static final int ADDRESSES_BYTES = 40;
  private static final int CONFIG_HEADER_BYTES = 12;

  private final LinuxGuestMemory memory;
  private final BackEnd backEnd;
  private final BackEndSignals interrupts;
  private final List<Descriptor> kicks = new ArrayList<>();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment one = arena.allocateFrom(JAVA_LONG, 1);
  private final Map<Integer, Place> queues = new TreeMap<>();
  private long features;
  private int status;

  /** Where a queue lies, guest-physical. */
  private record Place(int size, long descriptors, long available, long used) {}

  private SocketTransport(LinuxGuestMemory memory, BackEnd backEnd) throws IOException {
    this.memory = memory;
    this.backEnd = backEnd;
    this.interrupts = new BackEndSignals();
    for (int queue = 0; queue < BalloonQueue.values().length; queue++) {
      kicks.add(BackEndSignals.eventCounter());
    }
    greet();
  }

  static SocketTransport connect(Path socket, LinuxGuestMemory memory) throws IOException {
    BackEnd backEnd = BackEnd.connect(socket);
    try {
      return new SocketTransport(memory, backEnd);
    } catch (IOException failure) {
      backEnd.close();
      throw failure;
    }
  }

  void interruptsTo(IntConsumer toQueue, Runnable toConfig) {
    interrupts.start(toQueue, toConfig);
  }

  private void greet() throws IOException {
    backEnd.tell(SET_OWNER, BackEnd.payload(0));
    long needed = REPLY_ACK | BACKEND_REQ | CONFIG;
    long offered = backEnd.askNumber(GET_PROTOCOL_FEATURES);
    if ((offered & needed) != needed) {
      throw new IOException(
          "the back end offers protocol features 0x%x: expected 0x%x".formatted(offered, needed));
    }
    backEnd.tell(SET_PROTOCOL_FEATURES, number(needed));
    backEnd.require(SET_BACKEND_REQ_FD, BackEnd.payload(0), interrupts.requests());
  }

  private static ByteBuffer number(long value) {
    return BackEnd.payload(Long.BYTES).putLong(value);
  }

  private static ByteBuffer pair(int index, int value) {
    return BackEnd.payload(2 * Integer.BYTES).putInt(index).putInt(value);
  }

  @Override
  public long offeredFeatures() {
    return now(() -> backEnd.askNumber(GET_FEATURES)) & ~PROTOCOL_FEATURES;
  }

  @Override
  public void acceptFeatures(long accepted) {
    features = accepted;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public void writeStatus(int next) {
    int fresh = next & ~status;
    if (next == 0) {
      stop();
    }
    if ((fresh & FEATURES_OK) != 0 && !now(() -> acceptsFeatures())) {
      return;
    }
    status = next;
    if ((fresh & DRIVER_OK) != 0) {
      boolean _ = now(this::start);
    }
  }

  private boolean acceptsFeatures() throws IOException {
    return backEnd.accepts(SET_FEATURES, number(features | PROTOCOL_FEATURES));
  }

  private boolean start() throws IOException {
    shareMemory();
    for (Map.Entry<Integer, Place> queue : queues.entrySet()) {
      place(queue.getKey(), queue.getValue());
    }
    for (int queue : queues.keySet()) {
      backEnd.require(SET_VRING_ENABLE, pair(queue, 1));
    }
    return true;
  }

  private void shareMemory() throws IOException {
    List<MemoryRegion> regions = memory.guestMemory().regions();
    ByteBuffer table = BackEnd.payload(2 * Integer.BYTES + regions.size() * REGION_BYTES);
    table.putInt(regions.size()).putInt(0);
    var files = new int[regions.size()];
    for (int i = 0; i < files.length; i++) {
      MemoryRegion region = regions.get(i);
      table.putLong(region.range().start()).putLong(region.range().length());
      table.putLong(region.segment().address()).putLong(0);
      files[i] = memory.descriptor(region.range()).orElseThrow();
    }
    backEnd.require(SET_MEM_TABLE, table, files);
  }

  private void place(int queue, Place place) throws IOException {
    backEnd.require(SET_VRING_CALL, number(queue), interrupts.call(queue));
    backEnd.require(SET_VRING_NUM, pair(queue, place.size()));
    backEnd.require(SET_VRING_BASE, pair(queue, 0));
    backEnd.require(
        SET_VRING_ADDR,
        BackEnd.payload(ADDRESSES_BYTES)
            .putInt(queue)
            .putInt(0)
            .putLong(frontEndAddress(place.descriptors()))
            .putLong(frontEndAddress(place.used()))
            .putLong(frontEndAddress(place.available()))
            .putLong(0));
    backEnd.require(SET_VRING_KICK, number(queue), kicks.get(queue).number());
  }

  private long frontEndAddress(long guestAddress) {
    MemoryRegion region = memory.guestMemory().regionOf(guestAddress).orElseThrow();
    return region.segment().address() + guestAddress - region.range().start();
  }

  /** The answer means that the reset has taken effect. */
  private void stop() {
    if ((status & DRIVER_OK) != 0) {
      for (int queue : queues.keySet()) {
        var _ = now(() -> backEnd.ask(GET_VRING_BASE, pair(queue, 0)));
      }
    }
    queues.clear();
  }

  @Override
  public int readConfig32(int offset) {
    ByteBuffer asked = configAccess(offset);
    return now(() -> backEnd.ask(GET_CONFIG, asked)).getInt(CONFIG_HEADER_BYTES);
  }

  @Override
  public void writeConfig32(int offset, int value) {
    ByteBuffer written = configAccess(offset).putInt(value);
    boolean _ =
        now(
            () -> {
              backEnd.require(SET_CONFIG, written);
              return true;
            });
  }

  private static ByteBuffer configAccess(int offset) {
    return BackEnd.payload(CONFIG_HEADER_BYTES + Integer.BYTES)
        .putInt(offset)
        .putInt(Integer.BYTES)
        .putInt(0);
  }

  @Override
  public void configureQueue(
      int queue, int size, long descriptorTable, long availableRing, long usedRing) {
    queues.put(queue, new Place(size, descriptorTable, availableRing, usedRing));
  }

  @Override
  public void enableQueue(int queue) {
    // Told when the driver is ready, as all of the queue is.
  }

  @Override
  public void notifyQueue(int queue) {
    long _ = SocketCalls.libc().write(kicks.get(queue).number(), one);
  }

  /** A register access has no way to fail: the driver of a device that is gone just crashes. */
  private static <T> T now(Exchange<T> exchange) {
    try {
      return exchange.run();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private interface Exchange<T> {
    T run() throws IOException;
  }

  @Override
  public void close() {
    interrupts.close();
    backEnd.close();
    kicks.forEach(Descriptor::close);
    arena.close();
  }
}
