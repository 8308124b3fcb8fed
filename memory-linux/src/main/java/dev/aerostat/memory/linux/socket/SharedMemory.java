package dev.aerostat.memory.linux.socket;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.memory.linux.FileStatus;
import dev.aerostat.memory.linux.LocalFile;
import dev.aerostat.memory.linux.SharedMapping;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A guest's memory as a peer shares it, by files of its own, mapped. Safe for use by any thread;
 * closed once, after all use of the memory has ended.
 */
public final class SharedMemory implements AutoCloseable {
  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String peer;
  private final List<Piece> pieces;
  private final List<Descriptor> files;
  private final List<SharedMapping> mappings;
  private final GuestMemory guestMemory;

  /**
   * A region, and where it is in its file.
   *
   * @param guestAddress guest-physical, a multiple of 4 KiB
   * @param bytes its size, a multiple of 4 KiB, greater than 0
   * @param fileOffset a multiple of 4 KiB
   */
  public record Region(long guestAddress, long bytes, long fileOffset) {}

  /** Which bytes of which file are a region: two with the same are the same memory. */
  private record Piece(GuestRange range, FileStatus file, long offset) {
    static Piece of(Region region, Descriptor file) throws IOException {
      LocalFile.require(file.number());
      return new Piece(
          GuestRange.ofLength(region.guestAddress(), region.bytes()),
          FileStatus.of(file.number()),
          region.fileOffset());
    }

    boolean isSameAs(Piece other) {
      return range.equals(other.range)
          && offset == other.offset
          && file.device() == other.file.device()
          && file.number() == other.file.number();
    }

    long end() {
      return offset + range.length();
    }
  }

  private SharedMemory(
      String peer, List<Piece> pieces, List<Descriptor> files, List<SharedMapping> mappings) {
    this.peer = peer;
    this.pieces = pieces;
    this.files = List.copyOf(files);
    this.mappings = List.copyOf(mappings);
    var regions = new ArrayList<MemoryRegion>();
    for (int i = 0; i < pieces.size(); i++) {
      regions.add(new MemoryRegion(pieces.get(i).range(), mappings.get(i).segment()));
    }
    this.guestMemory = GuestMemory.of(regions);
  }

  /**
   * Maps a guest's memory.
   *
   * @param peer who shares it, for what is reported of it, such as {@code the front end}
   * @param regions 1 or more, which do not overlap
   * @param files one for each region; taken over, but not if this throws
   * @return the memory
   * @throws IOException if a file is none of this host's or too short, or the host refuses: the
   *     message has which region
   */
  public static SharedMemory map(String peer, List<Region> regions, List<Descriptor> files)
      throws IOException {
    var mappings = new ArrayList<SharedMapping>();
    try {
      for (int i = 0; i < files.size(); i++) {
        mappings.add(mapping(regions, i, files.get(i)));
      }
      return new SharedMemory(peer, pieces(regions, files), files, mappings);
    } catch (IOException refusal) {
      mappings.forEach(SharedMapping::close);
      throw refusal;
    } catch (IllegalArgumentException refusal) {
      mappings.forEach(SharedMapping::close);
      throw new IOException(refusal.getMessage(), refusal);
    }
  }

  private static SharedMapping mapping(List<Region> regions, int index, Descriptor file)
      throws IOException {
    Region region = regions.get(index);
    try {
      return SharedMapping.of(file.number(), region.fileOffset(), region.bytes());
    } catch (IOException | IllegalArgumentException refusal) {
      throw new IOException(
          "region %d of %d, at guest address 0x%x: %s"
              .formatted(index, regions.size(), region.guestAddress(), refusal.getMessage()),
          refusal);
    }
  }

  private static List<Piece> pieces(List<Region> regions, List<Descriptor> files)
      throws IOException {
    var pieces = new ArrayList<Piece>();
    for (int i = 0; i < files.size(); i++) {
      pieces.add(Piece.of(regions.get(i), files.get(i)));
    }
    return pieces;
  }

  /**
   * Returns whether these are the very memory that is mapped here.
   *
   * @param regions as of {@link #map}
   * @param files as of {@link #map}; they stay the caller's
   * @return true if they are
   * @throws IOException if they cannot be memory at all
   */
  public boolean is(List<Region> regions, List<Descriptor> files) throws IOException {
    try {
      List<Piece> others = pieces(regions, files);
      return others.size() == pieces.size()
          && IntStream.range(0, others.size()).allMatch(i -> others.get(i).isSameAs(pieces.get(i)));
    } catch (IllegalArgumentException refusal) {
      throw new IOException(refusal.getMessage(), refusal);
    }
  }

  /**
   * Checks that the files are as long as they were: where one ends too soon there is no memory any
   * more, and whoever reads or writes there fails.
   *
   * @throws IOException if one is not
   */
  public void requireWhole() throws IOException {
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      long bytes = FileStatus.of(files.get(i).number()).bytes();
      if (bytes < piece.end()) {
        throw new IOException(
            "%s made the file of %s shorter: it has 0x%x bytes, expected 0x%x"
                .formatted(peer, piece.range(), bytes, piece.end()));
      }
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

  /**
   * Reads a little-endian number of 16 bits.
   *
   * @param guestAddress of 2 bytes that lie in RAM
   * @return the number, zero-extended
   */
  public int read16(long guestAddress) {
    MemoryRegion region = guestMemory.regionOf(guestAddress).orElseThrow();
    return Short.toUnsignedInt(region.segment().get(LE16, guestAddress - region.range().start()));
  }

  @Override
  public void close() {
    var parts = new ArrayList<AllClosed.Closeable>();
    mappings.forEach(mapping -> parts.add(mapping::close));
    files.forEach(file -> parts.add(file::close));
    AllClosed.close(parts);
  }
}
