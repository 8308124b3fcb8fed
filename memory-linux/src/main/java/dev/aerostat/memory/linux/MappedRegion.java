package dev.aerostat.memory.linux;

import static dev.aerostat.memory.linux.syscall.LinuxConstants.MADV_HUGEPAGE;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MAP_ANONYMOUS;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MAP_FIXED;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MAP_NORESERVE;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MAP_PRIVATE;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MAP_SHARED;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.PROT_NONE;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.PROT_READ;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.PROT_WRITE;

import dev.aerostat.api.GuestRange;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalInt;

/** One region: addresses reserved with room around them, memory in their midst, maybe a file. */
final class MappedRegion implements AutoCloseable {
  private static final long TRANSPARENT_HUGE_PAGE = 2 << 20;

  private final GuestRange range;
  private final Arena arena;
  private final MemorySegment segment;
  private final Optional<MemoryFile> file;

  private MappedRegion(
      GuestRange range, Arena arena, MemorySegment segment, Optional<MemoryFile> file) {
    this.range = range;
    this.arena = arena;
    this.segment = segment;
    this.file = file;
  }

  static MappedRegion of(SystemCalls calls, GuestRange range, MemoryBacking backing)
      throws IOException {
    Optional<MemoryFile> file = MemoryFile.of(calls, range, backing);
    try {
      return map(calls, range, backing, file);
    } catch (IOException | RuntimeException failure) {
      file.ifPresent(MemoryFile::close);
      throw failure;
    }
  }

  @SuppressWarnings({"restricted", "MustBeClosedChecker"}) // The segment is what was mapped.
  private static MappedRegion map(
      SystemCalls calls, GuestRange range, MemoryBacking backing, Optional<MemoryFile> file)
      throws IOException {
    long alignment = alignment(backing);
    long reserved = Math.addExact(range.length(), 2 * alignment);
    long hole =
        Refusal.check(
            "reserve 0x%x bytes of address space".formatted(reserved),
            calls.mmap(0, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    long address = congruent(hole + 1, range.start(), alignment);
    try {
      fill(calls, address, range, backing, file);
    } catch (IOException failure) {
      int _ = calls.munmap(hole, reserved);
      throw failure;
    }
    Arena arena = Arena.ofShared();
    MemorySegment segment =
        MemorySegment.ofAddress(address)
            .reinterpret(
                range.length(),
                arena,
                _ -> {
                  int _ = calls.munmap(hole, reserved);
                });
    return new MappedRegion(range, arena, segment, file);
  }

  private static void fill(
      SystemCalls calls,
      long address,
      GuestRange range,
      MemoryBacking backing,
      Optional<MemoryFile> file)
      throws IOException {
    int flags = file.isPresent() ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    long _ =
        Refusal.check(
            "map %s of %s".formatted(range, backing),
            calls.mmap(
                address,
                range.length(),
                PROT_READ | PROT_WRITE,
                flags | MAP_FIXED,
                file.map(MemoryFile::number).orElse(-1),
                0));
    if (wantsTransparentHugePages(backing)) {
      // A kernel built without them says EINVAL; the memory serves without.
      int _ = calls.madvise(address, range.length(), MADV_HUGEPAGE);
    }
  }

  private static boolean wantsTransparentHugePages(MemoryBacking backing) {
    return switch (backing) {
      case MemoryBacking.Anonymous(boolean hugePages) -> hugePages;
      case MemoryBacking.Shared(boolean hugePages) -> hugePages;
      case MemoryBacking.HugePages _ -> false;
    };
  }

  private static long alignment(MemoryBacking backing) {
    return switch (backing) {
      case MemoryBacking.Anonymous _, MemoryBacking.Shared _ -> TRANSPARENT_HUGE_PAGE;
      case MemoryBacking.HugePages(long pageBytes) -> pageBytes;
    };
  }

  /** The lowest address from {@code from} on that equals {@code like} modulo a power of two. */
  private static long congruent(long from, long like, long modulus) {
    return from + ((like - from) & (modulus - 1));
  }

  GuestRange range() {
    return range;
  }

  MemorySegment segment() {
    return segment;
  }

  OptionalInt descriptor() {
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException("guest memory %s is closed".formatted(range));
    }
    return file.map(MemoryFile::number).map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  @Override
  public void close() {
    arena.close();
    file.ifPresent(MemoryFile::close);
  }
}
