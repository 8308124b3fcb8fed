package dev.aerostat.vfio.user;

import dev.aerostat.api.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Relays what a client asks of the device. Whatever it asks, the device is asked only for what is
 * there. One thread.
 */
final class DeviceRequests {
  private static final int RESETTABLE = 1;
  private static final int PCI = 2;
  private static final int INFO_BYTES = 16;
  private static final byte ALL_SET = (byte) 0xff;

  private final ServedDevice device;

  DeviceRequests(ServedDevice device) {
    this.device = device;
  }

  Answer info() throws RefusedException {
    try {
      int flags = device.resettable() ? RESETTABLE | PCI : PCI;
      return Answer.ints(INFO_BYTES, flags, ServedDevice.REGIONS, ServedDevice.INTERRUPTS);
    } catch (IOException noAnswer) {
      throw failed(noAnswer);
    }
  }

  /** {@code u32 argsz, u32 flags, u32 index, u32 cap_offset, u64 size, u64 offset}. */
  Answer regionInfo(ByteBuffer request) throws RefusedException {
    long room = Integer.toUnsignedLong(request.getInt());
    int _ = request.getInt();
    DeviceRegion region = region(request.getInt());
    try {
      Optional<PassedFile> file =
          region.isMappable() ? Optional.of(device.openFile(region.index())) : Optional.empty();
      return new Answer.Now(region.answer(room), file);
    } catch (IOException noAnswer) {
      throw failed(noAnswer);
    }
  }

  /** {@code u32 argsz, u32 flags, u32 index, u32 count}. */
  Answer interruptInfo(ByteBuffer request) throws RefusedException {
    int _ = request.getInt();
    int _ = request.getInt();
    int index = request.getInt();
    if (index < 0 || index >= ServedDevice.INTERRUPTS) {
      throw new RefusedException(
          "interrupts of index %s: expected 0 to %d"
              .formatted(Integer.toUnsignedString(index), ServedDevice.INTERRUPTS - 1));
    }
    try {
      DeviceInterrupts its = device.interrupts(index);
      return Answer.ints(INFO_BYTES, its.flags(), index, its.count());
    } catch (IOException noAnswer) {
      throw failed(noAnswer);
    }
  }

  Answer setInterrupts(InterruptRequest request) throws RefusedException {
    boolean taken = false;
    try {
      requireThere(request, device.interrupts(request.index()));
      device.setInterrupts(request);
      taken = true;
      return Answer.done();
    } catch (IOException refused) {
      throw failed(refused);
    } finally {
      if (!taken) {
        request.eventfds().forEach(PassedFile::close);
      }
    }
  }

  /** No interrupts at all can be disabled, of whatever index. */
  private static void requireThere(InterruptRequest request, DeviceInterrupts its)
      throws RefusedException {
    if (request.start() + request.count() > its.count()) {
      throw new RefusedException(
          "interrupts %d to %d of index %d: the device has %d"
              .formatted(
                  request.start(),
                  request.start() + request.count() - 1,
                  request.index(),
                  its.count()));
    }
  }

  /** As on a bus, what does not answer reads as all bits set: some clients know no errors here. */
  Answer read(ByteBuffer request) throws RefusedException {
    RegionAccess access = RegionAccess.read(request);
    ByteBuffer answer = access.reply(access.count());
    byte[] bytes = new byte[access.count()];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment into = arena.allocate(access.count(), Long.BYTES);
      if (described(access).mayRead(access.offset(), access.count())) {
        device.read(access.region(), access.offset(), into);
      } else {
        into.fill(ALL_SET);
      }
      MemorySegment.copy(into, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    } catch (IOException noAnswer) {
      Arrays.fill(bytes, ALL_SET);
    }
    return Answer.of(answer.put(bytes).flip());
  }

  /** As on a bus, what does not answer loses what is written. */
  Answer write(ByteBuffer request) throws RefusedException, IOException {
    RegionAccess access = RegionAccess.read(request);
    if (request.remaining() != access.count()) {
      throw new RefusedException(
          "%s comes with %d bytes: expected as many as it writes"
              .formatted(access, request.remaining()));
    }
    CompletableFuture<Void> written = written(access, request);
    return Answer.after(
        written,
        () -> {
          requireSound(written);
          return Answer.of(access.reply(0).flip());
        });
  }

  /** A device that does not answer is one thing, a broken one another. */
  private static void requireSound(CompletableFuture<Void> written) {
    if (written.isCompletedExceptionally() && !(Failure.of(written) instanceof IOException)) {
      throw new IllegalStateException(
          "the device failed: " + Failure.text(written), Failure.of(written));
    }
  }

  private CompletableFuture<Void> written(RegionAccess access, ByteBuffer bytes)
      throws RefusedException {
    try (Arena arena = Arena.ofConfined()) {
      if (!described(access).mayWrite(access.offset(), access.count())) {
        return CompletableFuture.completedFuture(null);
      }
      MemorySegment from = arena.allocate(access.count(), Long.BYTES);
      MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, from, 0, access.count());
      return device.write(access.region(), access.offset(), from);
    } catch (IOException noAnswer) {
      return CompletableFuture.completedFuture(null);
    }
  }

  Answer reset() throws RefusedException {
    try {
      device.reset();
      return Answer.done();
    } catch (IOException refused) {
      throw failed(refused);
    }
  }

  private DeviceRegion described(RegionAccess access) throws RefusedException, IOException {
    requireIndex(access.region());
    return device.region(access.region());
  }

  private static void requireIndex(int index) throws RefusedException {
    if (index < 0 || index >= ServedDevice.REGIONS) {
      throw new RefusedException(
          "region %s: expected 0 to %d"
              .formatted(Integer.toUnsignedString(index), ServedDevice.REGIONS - 1));
    }
  }

  private DeviceRegion region(int index) throws RefusedException {
    requireIndex(index);
    try {
      return device.region(index);
    } catch (IOException noAnswer) {
      throw failed(noAnswer);
    }
  }

  private static RefusedException failed(IOException failure) {
    return new RefusedException(Errno.EIO, String.valueOf(failure.getMessage()));
  }
}
