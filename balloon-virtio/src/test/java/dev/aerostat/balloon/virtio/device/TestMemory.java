package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
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
import java.util.List;

/**
 * Guest RAM for tests: {@code [0, 4 MiB)} and {@code [4 MiB, 8 MiB)}, which touch, a hole, {@code
 * [16 MiB, 24 MiB)}, and {@code [32 MiB, 33 MiB)}, which holds no page of 2 MiB. Written byte by
 * byte, little-endian, without the code under test.
 */
final class TestMemory {
  static final long MIB = 1L << 20;
  static final long HOLE = 8 * MIB;
  static final List<GuestRange> RANGES =
      List.of(
          new GuestRange(0, 4 * MIB),
          new GuestRange(4 * MIB, 8 * MIB),
          new GuestRange(16 * MIB, 24 * MIB),
          new GuestRange(32 * MIB, 33 * MIB));

  /** Mapped privately, so that every test has zeros of its own and pays for what it writes. */
  private static final FileChannel ZEROS = zeros();

  private final GuestMemory memory;

  TestMemory() {
    memory =
        GuestMemory.of(
            RANGES.stream().map(range -> new MemoryRegion(range, map(range.length()))).toList());
  }

  private static MemorySegment map(long bytes) {
    try {
      return ZEROS.map(FileChannel.MapMode.PRIVATE, 0, bytes, Arena.ofAuto());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static FileChannel zeros() {
    try {
      Path file = Files.createTempFile("zeros", ".mem");
      FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      channel.write(ByteBuffer.allocate(1), 8 * MIB - 1);
      return channel;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  GuestMemory guestMemory() {
    return memory;
  }

  static boolean isPage(long page) {
    return RANGES.stream().anyMatch(range -> range.contains(page << 12));
  }

  void write(long address, long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      MemoryRegion region = memory.regionOf(address + i).orElseThrow();
      region
          .segment()
          .set(
              ValueLayout.JAVA_BYTE,
              address + i - region.range().start(),
              (byte) (value >>> (8 * i)));
    }
  }

  long read(long address, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      MemoryRegion region = memory.regionOf(address + i).orElseThrow();
      long offset = address + i - region.range().start();
      value = (value << 8) | (region.segment().get(ValueLayout.JAVA_BYTE, offset) & 0xff);
    }
    return value;
  }

  void writePfns(long address, long... pfns) {
    for (int i = 0; i < pfns.length; i++) {
      write(address + 4L * i, pfns[i], 4);
    }
  }

  MemorySegment segment(int region) {
    return memory.region(region).segment();
  }
}
