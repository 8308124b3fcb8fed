package dev.aerostat.api;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Guest memory of any size that costs nothing until it is touched: one sparse temporary file a
 * region, mapped shared. For simulations and tests, where a guest of terabytes writes a few pages;
 * it needs no native access.
 *
 * <p>Safe for use by any thread; close it once, after all use of the memory has ended.
 */
public final class SparseMemory implements AutoCloseable {
  private final Arena arena;
  private final GuestMemory guestMemory;

  private SparseMemory(Arena arena, GuestMemory guestMemory) {
    this.arena = arena;
    this.guestMemory = guestMemory;
  }

  /**
   * Allocates memory in the default directory for temporary files.
   *
   * @param ranges where the guest sees its RAM: at least one, disjoint
   * @return the memory, zeroed
   * @throws IOException if the file system of that directory has no room for, or no notion of,
   *     sparse files of that size
   * @throws IllegalArgumentException if the ranges overlap or there is none
   */
  @SuppressWarnings("MustBeClosedChecker") // Closed with the memory, or on the way out.
  public static SparseMemory allocate(List<GuestRange> ranges) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      var regions = new ArrayList<MemoryRegion>();
      for (GuestRange range : ranges) {
        regions.add(new MemoryRegion(range, map(range, arena)));
      }
      return new SparseMemory(arena, GuestMemory.of(regions));
    } catch (IOException | RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  private static MemorySegment map(GuestRange range, Arena arena) throws IOException {
    Path file = Files.createTempFile("aerostat-guest-", ".mem");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, range.length(), arena);
    } catch (IOException failure) {
      throw new IOException(
          "cannot lay out %d bytes of guest memory as a sparse file in %s (%s); point"
                  .formatted(range.length(), file.getParent(), failure.getMessage())
              + " -Djava.io.tmpdir at a file system with sparse files of that size",
          failure);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Returns the memory.
   *
   * @return valid until this is closed
   */
  public GuestMemory guestMemory() {
    return guestMemory;
  }

  /** Frees the memory. Any later access to it throws {@link IllegalStateException}. */
  @Override
  public void close() {
    arena.close();
  }
}
