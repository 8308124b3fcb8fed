package dev.aerostat.vhost.user;

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

/** The guest's memory as the front end shares it, mapped. */
final class SharedMemory implements AutoCloseable {
  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final List<Piece> pieces;
  private final List<Descriptor> files;
  private final List<SharedMapping> mappings;
  private final GuestMemory guestMemory;

  /** Which bytes of which file are a region: two tables with the same are the same memory. */
  private record Piece(GuestRange range, FileStatus file, long offset) {
    static Piece of(MemoryTable.Region region, Descriptor file) throws IOException {
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

  private SharedMemory(List<Piece> pieces, List<Descriptor> files, List<SharedMapping> mappings) {
    this.pieces = pieces;
    this.files = List.copyOf(files);
    this.mappings = List.copyOf(mappings);
    var regions = new ArrayList<MemoryRegion>();
    for (int i = 0; i < pieces.size(); i++) {
      regions.add(new MemoryRegion(pieces.get(i).range(), mappings.get(i).segment()));
    }
    this.guestMemory = GuestMemory.of(regions);
  }

  /** Maps a table's regions. Takes the descriptors over, but not if it is refused. */
  static SharedMemory map(MemoryTable table, List<Descriptor> files) throws RefusedException {
    var mappings = new ArrayList<SharedMapping>();
    try {
      for (int i = 0; i < files.size(); i++) {
        mappings.add(mapping(table, i, files.get(i)));
      }
      return new SharedMemory(pieces(table, files), files, mappings);
    } catch (RefusedException refusal) {
      mappings.forEach(SharedMapping::close);
      throw refusal;
    } catch (IOException | IllegalArgumentException refusal) {
      mappings.forEach(SharedMapping::close);
      throw new RefusedException("the memory table cannot be used: " + message(refusal), refusal);
    }
  }

  private static SharedMapping mapping(MemoryTable table, int index, Descriptor file)
      throws RefusedException {
    MemoryTable.Region region = table.regions().get(index);
    try {
      return SharedMapping.of(file.number(), region.fileOffset(), region.bytes());
    } catch (IOException | IllegalArgumentException refusal) {
      throw new RefusedException(
          "the memory table cannot be used: region %d of %d, at guest address 0x%x: %s"
              .formatted(index, table.regions().size(), region.guestAddress(), message(refusal)),
          refusal);
    }
  }

  private static List<Piece> pieces(MemoryTable table, List<Descriptor> files) throws IOException {
    var pieces = new ArrayList<Piece>();
    for (int i = 0; i < files.size(); i++) {
      pieces.add(Piece.of(table.regions().get(i), files.get(i)));
    }
    return pieces;
  }

  private static String message(Exception refusal) {
    return String.valueOf(refusal.getMessage());
  }

  /** Returns whether a table shares the very memory that is mapped here. */
  boolean is(MemoryTable table, List<Descriptor> files) throws RefusedException {
    try {
      List<Piece> others = pieces(table, files);
      return others.size() == pieces.size()
          && IntStream.range(0, others.size()).allMatch(i -> others.get(i).isSameAs(pieces.get(i)));
    } catch (IOException | IllegalArgumentException refusal) {
      throw new RefusedException("the memory table cannot be used: " + message(refusal), refusal);
    }
  }

  /**
   * Checks that the files are as long as they were: where one ends too soon there is no memory any
   * more, and whoever reads or writes there fails.
   *
   * @throws IOException if one is not
   */
  void requireWhole() throws IOException {
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      long bytes = FileStatus.of(files.get(i).number()).bytes();
      if (bytes < piece.end()) {
        throw new IOException(
            "the front end made the file of %s shorter: it has 0x%x bytes, expected 0x%x"
                .formatted(piece.range(), bytes, piece.end()));
      }
    }
  }

  GuestMemory guestMemory() {
    return guestMemory;
  }

  /** Reads a little-endian number of 16 bits that lies in RAM. */
  int read16(long guestAddress) {
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
