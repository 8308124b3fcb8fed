package dev.aerostat.memory.linux;

import static dev.aerostat.memory.linux.syscall.LinuxConstants.MFD_CLOEXEC;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MFD_HUGETLB;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MFD_HUGE_SHIFT;

import dev.aerostat.api.GuestRange;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.util.Optional;

/** A file that lives in memory, as long as a region. */
final class MemoryFile implements AutoCloseable {
  private final Descriptor descriptor;

  private MemoryFile(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  static Optional<MemoryFile> of(SystemCalls calls, GuestRange range, MemoryBacking backing)
      throws IOException {
    return switch (backing) {
      case MemoryBacking.Anonymous _ -> Optional.empty();
      case MemoryBacking.Shared _ -> Optional.of(create(calls, range, MFD_CLOEXEC));
      case MemoryBacking.HugePages(long pageBytes) -> {
        requireMultiple(range, pageBytes);
        int size = Long.numberOfTrailingZeros(pageBytes) << MFD_HUGE_SHIFT;
        yield Optional.of(create(calls, range, MFD_CLOEXEC | MFD_HUGETLB | size));
      }
    };
  }

  private static void requireMultiple(GuestRange range, long pageBytes) {
    if ((range.start() | range.end()) % pageBytes != 0) {
      throw new IllegalArgumentException(
          "region %s does not consist of huge pages of 0x%x bytes".formatted(range, pageBytes));
    }
  }

  private static MemoryFile create(SystemCalls calls, GuestRange range, int flags)
      throws IOException {
    String name = "aerostat-guest-%x".formatted(range.start());
    int number =
        (int) Refusal.check("make a memory file for " + range, calls.memfdCreate(name, flags));
    var file = new MemoryFile(new Descriptor(calls, number));
    try {
      long _ =
          Refusal.check(
              "size the memory file for " + range, calls.ftruncate(number, range.length()));
      return file;
    } catch (IOException failure) {
      file.close();
      throw failure;
    }
  }

  int number() {
    return descriptor.number();
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
