package dev.aerostat.vfio.user;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A device with regions and interrupts of every kind, an edu device among them whose gate stays
 * closed. It notes what it should not have been asked, and fails or answers late now and then.
 */
final class CheckingDevice implements ServedDevice, AutoCloseable {
  static final int FILE_BYTES = 3 * 4096;
  private static final int BOTH = DeviceRegion.READ | DeviceRegion.WRITE;
  private static final List<DeviceRegion> DESCRIBED =
      List.of(
          DeviceRegion.of(0, BOTH, EduDevice.BAR_BYTES),
          new DeviceRegion(1, BOTH | DeviceRegion.MMAP, 0x1800, 4096, new byte[40]),
          DeviceRegion.of(2, DeviceRegion.READ, 4096),
          DeviceRegion.of(3, DeviceRegion.WRITE, 4096),
          DeviceRegion.of(4, 0, 0),
          DeviceRegion.of(5, 0, 4096),
          DeviceRegion.of(6, DeviceRegion.READ, 0),
          DeviceRegion.of(7, BOTH, 256),
          DeviceRegion.of(8, BOTH, 1L << 62));
  private static final int[] COUNTS = {1, 1, 2048, 0, 1};

  private final Random random;
  private final Descriptor file = MemoryFile.ofBytes(FILE_BYTES);
  private final AtomicBoolean called = new AtomicBoolean();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private EduDevice edu = new EduDevice(Optional::empty);
  private final boolean fails;
  private boolean connected;

  CheckingDevice(long seed) throws IOException {
    this(seed, true);
  }

  private CheckingDevice(long seed, boolean fails) throws IOException {
    this.random = new Random(seed);
    this.fails = fails;
  }

  static CheckingDevice faultless() throws IOException {
    return new CheckingDevice(0, false);
  }

  Queue<String> violations() {
    return violations;
  }

  private void require(boolean holds, Supplier<String> what) {
    if (!holds && violations.size() < 20) {
      violations.add(what.get());
    }
  }

  private interface Call<T> {
    T make() throws IOException;
  }

  /** One call at a time, and while there is a VMM. */
  private <T> T during(Call<T> call) throws IOException {
    require(called.compareAndSet(false, true), () -> "two calls at once");
    try {
      require(connected, () -> "a call without a VMM");
      if (fails && random.nextInt(2000) == 0) {
        throw new IOException("injected");
      }
      if (fails && random.nextInt(2000) == 0) {
        throw new IllegalStateException("injected");
      }
      return call.make();
    } finally {
      called.set(false);
    }
  }

  @Override
  public void connected() throws IOException {
    require(!connected, () -> "connected twice");
    connected = true;
    edu = new EduDevice(Optional::empty);
    boolean _ = during(() -> true);
  }

  @Override
  public boolean resettable() throws IOException {
    return during(() -> true);
  }

  @Override
  public DeviceRegion region(int index) throws IOException {
    return during(() -> DESCRIBED.get(index));
  }

  @Override
  public PassedFile openFile(int index) throws IOException {
    require(index == 1, () -> "the file of region %d".formatted(index));
    return during(() -> PassedFile.duplicateOf(file.number()));
  }

  @Override
  public DeviceInterrupts interrupts(int index) throws IOException {
    return during(() -> new DeviceInterrupts(index, DeviceInterrupts.PIN_FLAGS, COUNTS[index]));
  }

  @Override
  public void setInterrupts(InterruptRequest request) throws IOException {
    require(request.start() + request.count() <= COUNTS[request.index()], request::toString);
    boolean _ =
        during(
            () -> {
              edu.setInterrupts(request);
              return true;
            });
  }

  @Override
  public void read(int region, long offset, MemorySegment into) throws IOException {
    requireInside(region, offset, into.byteSize(), DeviceRegion.READ);
    boolean _ =
        during(
            () -> {
              if (region == 0 || region == CONFIG_REGION) {
                edu.read(region, offset, into);
              }
              return true;
            });
  }

  @Override
  public CompletableFuture<Void> write(int region, long offset, MemorySegment from)
      throws IOException {
    requireInside(region, offset, from.byteSize(), DeviceRegion.WRITE);
    return during(
        () -> {
          if (region == 0 || region == CONFIG_REGION) {
            var _ = edu.write(region, offset, from);
          }
          return sometimesLate(random);
        });
  }

  static CompletableFuture<Void> sometimesLate(Random random) {
    return switch (random.nextInt(200)) {
      case 0 -> CompletableFuture.failedFuture(new IOException("injected"));
      case 1, 2 ->
          CompletableFuture.runAsync(
              () -> {},
              CompletableFuture.delayedExecutor(random.nextInt(20), TimeUnit.MILLISECONDS));
      default -> CompletableFuture.completedFuture(null);
    };
  }

  private void requireInside(int region, long offset, long bytes, int flag) {
    DeviceRegion its = DESCRIBED.get(region);
    require(
        offset >= 0
            && bytes > 0
            && offset <= its.bytes() - bytes
            && (its.flags() & flag) != 0
            && bytes <= 4096,
        () -> "%d bytes at 0x%x of %s".formatted(bytes, offset, its));
  }

  @Override
  public void reset() throws IOException {
    boolean _ =
        during(
            () -> {
              edu.reset();
              return true;
            });
  }

  @Override
  public void disconnected() {
    require(!called.get(), () -> "disconnected in the midst of a call");
    require(edu.dma().stream().noneMatch(it -> it.startsWith("done")), () -> "DMA before the gate");
    edu.disconnected();
    connected = false;
  }

  @Override
  public void close() {
    file.close();
  }
}
