package dev.aerostat.vfio.user;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * A device for teaching that does DMA and interrupts (QEMU docs/specs/edu.rst), in software, behind
 * a gate. Its DMA is over when the write that asks for it returns. It is used by the thread that
 * serves, and its gate by any.
 */
final class EduDevice implements ServedDevice {
  static final int BAR_BYTES = 1 << 20;
  static final int IDENTIFICATION = 0x0100_00ed;
  private static final int BUFFER = 0x40000;
  private static final int MSI = 0x40;

  private final SoftwareConfigSpace config = new SoftwareConfigSpace(256);
  private final Supplier<Optional<GuestMemory>> memory;
  private final byte[] buffer = new byte[4096];
  private final List<String> dma = new CopyOnWriteArrayList<>();
  private final List<PassedFile> vectors = new CopyOnWriteArrayList<>();
  private int vectorsOf = -1;
  private boolean masked;
  private long liveness;
  private long raised;
  private long source;
  private long destination;
  private long count;

  /** Done while DMA may be done. */
  private volatile CompletableFuture<Void> gate = new CompletableFuture<>();

  private volatile boolean holds;

  EduDevice(Supplier<Optional<GuestMemory>> memory) {
    this.memory = memory;
    config.put(0, 0x11e8_1234);
    config.put(8, 0xff00_0010);
    config.put(0x2c, 0x1100_1af4);
    config.put(0x34, MSI);
    config.put(0x3c, 0x0100);
    config.put(4, 0x0010_0000);
    config.letWrite(0x10, -BAR_BYTES);
    config.put(MSI, 0x0080_0005);
    config.letWrite(MSI, 0x0071_0000);
    config.letWrite(MSI + 4, -4);
    config.letWrite(MSI + 8, -1);
    config.letWrite(MSI + 12, 0xffff);
  }

  /** Lets it do DMA, if the guest has allowed it. */
  void open() {
    gate.complete(null);
  }

  /** A write that sets the bus-master bit is answered only once the gate is open. */
  void holdsTheGuest() {
    holds = true;
  }

  /** Returns each DMA that was asked for, and what came of it. */
  List<String> dma() {
    return List.copyOf(dma);
  }

  private boolean mayDoDma() {
    return gate.isDone()
        && (config.get(SoftwareConfigSpace.COMMAND) & SoftwareConfigSpace.BUS_MASTER) != 0;
  }

  @Override
  public boolean resettable() {
    return true;
  }

  @Override
  public DeviceRegion region(int index) {
    int flags = DeviceRegion.READ | DeviceRegion.WRITE;
    return switch (index) {
      case 0 -> DeviceRegion.of(0, flags, BAR_BYTES);
      case CONFIG_REGION -> DeviceRegion.of(CONFIG_REGION, flags, 256);
      default -> DeviceRegion.of(index, 0, 0);
    };
  }

  @Override
  public PassedFile openFile(int index) throws IOException {
    throw new IOException("region %d cannot be mapped".formatted(index));
  }

  @Override
  public DeviceInterrupts interrupts(int index) {
    return switch (index) {
      case 0 -> new DeviceInterrupts(0, DeviceInterrupts.PIN_FLAGS, 1);
      case 1 -> new DeviceInterrupts(1, DeviceInterrupts.MESSAGE_FLAGS, 1);
      default -> new DeviceInterrupts(index, 0, 0);
    };
  }

  @Override
  public void setInterrupts(InterruptRequest request) {
    boolean pin = request.index() == 0;
    if (request.has(InterruptRequest.TRIGGER) && !request.has(InterruptRequest.DATA_BOOL)) {
      disconnectVectors();
      vectors.addAll(request.eventfds());
      vectorsOf = vectors.isEmpty() ? -1 : request.index();
      masked = false;
      return;
    }
    request.eventfds().forEach(PassedFile::close);
    if (pin && request.has(InterruptRequest.DATA_NONE | InterruptRequest.UNMASK)) {
      masked = false;
      interrupt();
    }
  }

  private void disconnectVectors() {
    vectors.forEach(PassedFile::close);
    vectors.clear();
  }

  private void interrupt() {
    config.set(4, raised == 0 ? config.get(4) & ~0x8_0000 : config.get(4) | 0x8_0000);
    if (raised != 0 && !vectors.isEmpty() && !(vectorsOf == 0 && masked)) {
      masked = vectorsOf == 0;
      vectors.getFirst().raise();
    }
  }

  @Override
  public void read(int region, long offset, MemorySegment into) {
    if (region == CONFIG_REGION) {
      config.read((int) offset, into);
      return;
    }
    long value =
        switch ((int) offset) {
          case 0 -> IDENTIFICATION;
          case 4 -> ~liveness;
          case 0x24 -> raised;
          case 0x80 -> source;
          case 0x88 -> destination;
          case 0x90 -> count;
          default -> 0;
        };
    for (int i = 0; i < into.byteSize(); i++) {
      into.set(JAVA_BYTE, i, (byte) (i < 8 ? value >> (8 * i) : 0));
    }
  }

  @Override
  public CompletableFuture<Void> write(int region, long offset, MemorySegment from) {
    if (region == CONFIG_REGION) {
      config.write((int) offset, from);
      boolean asks = (config.get(4) & SoftwareConfigSpace.BUS_MASTER) != 0;
      return holds && asks ? gate : CompletableFuture.completedFuture(null);
    }
    long value = 0;
    for (int i = 0; i < Math.min(8, from.byteSize()); i++) {
      value |= Byte.toUnsignedLong(from.get(JAVA_BYTE, i)) << (8 * i);
    }
    register((int) offset, value);
    return CompletableFuture.completedFuture(null);
  }

  private void register(int offset, long value) {
    switch (offset) {
      case 4 -> liveness = value;
      case 0x60 -> {
        raised |= value;
        interrupt();
      }
      case 0x64 -> {
        raised &= ~value;
        interrupt();
      }
      case 0x80 -> source = value;
      case 0x88 -> destination = value;
      case 0x90 -> count = value;
      case 0x98 -> transfer(value);
      default -> {
        // What has no meaning is lost.
      }
    }
  }

  private void transfer(long command) {
    boolean toMemory = (command & 2) != 0;
    long address = toMemory ? destination : source;
    int at = (int) ((toMemory ? source : destination) - BUFFER);
    if (!mayDoDma()) {
      dma.add("lost at 0x%x".formatted(address));
      return;
    }
    MemoryRegion region = memory.get().flatMap(it -> it.regionOf(address)).orElseThrow();
    MemorySegment there = region.segment().asSlice(address - region.range().start(), count);
    MemorySegment here = MemorySegment.ofArray(buffer).asSlice(at, count);
    if (toMemory) {
      there.copyFrom(here);
    } else {
      here.copyFrom(there);
    }
    dma.add("done at 0x%x".formatted(address));
  }

  @Override
  public void reset() {
    config.reset();
    raised = 0;
    liveness = 0;
  }

  @Override
  public void disconnected() {
    reset();
    disconnectVectors();
    vectorsOf = -1;
  }
}
