package dev.aerostat.mem.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A device on a guest of 2 MiB at 0 and a region of {@value #BLOCKS} blocks at 16 MiB; the driver
 * writes its ring byte by byte, without the code under test.
 */
final class MemFixture implements MemEvents, MemTransport {
  static final int PLUG = 0;
  static final int UNPLUG = 1;
  static final int UNPLUG_ALL = 2;
  static final int STATE = 3;
  static final int ACK = 0;
  static final int NACK = 1;
  static final int ERROR = 3;

  static final long BLOCK = 2L << 20;
  static final int BLOCKS = 8;
  static final GuestRange REGION = GuestRange.ofLength(16L << 20, BLOCKS * BLOCK);
  static final long REQUEST = 0x8000;
  static final long ANSWER = 0x9000;
  static final QueueLayout LAYOUT = new QueueLayout(16, 0x1000, 0x2000, 0x3000);
  static final int NOT_ANSWERED = 0xdead;

  private static final int NEXT = 1;
  private static final int WRITE = 2;

  final MemDevice device;
  final List<String> events = new ArrayList<>();
  final MemorySegment low = zeros(2L << 20);
  int queueInterrupts;
  int configInterrupts;
  int wakes;
  private int offered;

  MemFixture() {
    var memory =
        GuestMemory.of(
            List.of(
                new MemoryRegion(GuestRange.ofLength(0, 2L << 20), low),
                new MemoryRegion(REGION, zeros(REGION.length()))));
    device = new MemDevice(MemSettings.of(REGION), memory, this);
  }

  /** Mapped privately from a sparse file, so that nothing of it takes memory. */
  private static MemorySegment zeros(long bytes) {
    try {
      Path file = Files.createTempFile("zeros", ".mem");
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE)) {
        channel.write(ByteBuffer.allocate(1), bytes - 1);
        return channel.map(FileChannel.MapMode.PRIVATE, 0, bytes, Arena.ofAuto());
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static long block(int index) {
    return REGION.start() + index * BLOCK;
  }

  VirtioDevice registers() {
    return device.registers();
  }

  /** Loads a driver as Linux does. */
  void load() {
    VirtioDevice registers = registers();
    registers.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    registers.writeDriverFeatures(1L << 32 | MemSettings.UNPLUGGED_INACCESSIBLE);
    registers.writeStatus(DeviceStatus.FEATURES_OK);
    low.asSlice(0x1000, 0x3000).fill((byte) 0);
    offered = 0;
    var _ = registers.configureQueue(0, LAYOUT);
    var _ = registers.enableQueue(0);
    registers.writeStatus(DeviceStatus.DRIVER_OK);
    boolean _ = turn();
  }

  boolean turn() {
    return device.process(this, 256);
  }

  /** Sends a request and reads the device; returns the answer, or {@link #NOT_ANSWERED}. */
  int send(int type, long address, int blocks) {
    write(ANSWER, NOT_ANSWERED, 2);
    writeRequest(REQUEST, type, address, blocks);
    offer(REQUEST, 24, ANSWER, 10);
    boolean _ = turn();
    return answer();
  }

  int answer() {
    return (int) read(ANSWER, 2);
  }

  void writeRequest(long at, int type, long address, int blocks) {
    write(at, type, 8);
    write(at + 8, address, 8);
    write(at + 16, blocks, 8);
  }

  void offer(long request, int requestBytes, long answer, int answerBytes) {
    int head = 2 * (offered % 8);
    descriptor(head, request, requestBytes, NEXT, head + 1);
    descriptor(head + 1, answer, answerBytes, WRITE, 0);
    offer(head);
  }

  void descriptor(int index, long address, int length, int flags, int next) {
    long at = LAYOUT.descriptorArea() + 16L * index;
    write(at, address, 8);
    write(at + 8, length, 4);
    write(at + 12, flags, 2);
    write(at + 14, next, 2);
  }

  void offer(int head) {
    write(LAYOUT.driverArea() + 4 + 2L * (offered % 16), head, 2);
    offered++;
    write(LAYOUT.driverArea() + 2, offered, 2);
  }

  int used() {
    return (int) read(LAYOUT.deviceArea() + 2, 2);
  }

  int usedLength(int element) {
    return (int) read(LAYOUT.deviceArea() + 8 + 8L * (element % 16), 4);
  }

  long config(int offset) {
    return registers().readConfig(offset, 8);
  }

  void write(long at, long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      low.set(ValueLayout.JAVA_BYTE, at + i, (byte) (value >>> (8 * i)));
    }
  }

  long read(long at, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = (value << 8) | (low.get(ValueLayout.JAVA_BYTE, at + i) & 0xff);
    }
    return value;
  }

  List<String> takeEvents() {
    var taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  @Override
  public void plugAsked(long firstPage, long endPage) {
    events.add("plugAsked %s".formatted(GuestRange.ofPages(firstPage, endPage)));
  }

  @Override
  public void plugDropped() {
    events.add("plugDropped");
  }

  @Override
  public void unplugged(long pages) {
    events.add("unplugged " + pages);
  }

  @Override
  public void wake() {
    wakes++;
  }

  @Override
  public void interruptQueue() {
    queueInterrupts++;
  }

  @Override
  public void interruptConfig() {
    configInterrupts++;
  }
}
