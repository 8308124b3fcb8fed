package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.socket.SharedMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where guest memory is: {@code u32 regions, u32 padding}, then each region as {@code u64 guest,
 * u64 size, u64 front end, u64 offset}, its file beside it.
 *
 * @param regions 1 to 8
 */
record MemoryTable(List<Region> regions) {
  static final int MOST_REGIONS = 8;
  static final int HEADER_BYTES = 8;

  /**
   * One region.
   *
   * @param guestAddress guest-physical
   * @param bytes its size
   * @param frontEndAddress in the front end's process
   * @param fileOffset in its file
   */
  record Region(long guestAddress, long bytes, long frontEndAddress, long fileOffset) {
    static final int BYTES = 32;

    static Region read(ByteBuffer bytes) {
      return new Region(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    void write(ByteBuffer to) {
      to.putLong(guestAddress).putLong(bytes).putLong(frontEndAddress).putLong(fileOffset);
    }

    private boolean holds(long address) {
      return Long.compareUnsigned(address - frontEndAddress, bytes) < 0;
    }
  }

  MemoryTable {
    regions = List.copyOf(regions);
  }

  static MemoryTable read(ByteBuffer bytes) throws RefusedException {
    int count = bytes.getInt();
    int _ = bytes.getInt();
    if (count < 1 || count > MOST_REGIONS) {
      throw new RefusedException(
          "a memory table of %s regions: expected 1 to %d"
              .formatted(Integer.toUnsignedString(count), MOST_REGIONS));
    }
    var regions = new ArrayList<Region>();
    for (int i = 0; i < count; i++) {
      regions.add(Region.read(bytes));
    }
    return new MemoryTable(regions);
  }

  void write(ByteBuffer bytes) {
    bytes.putInt(regions.size()).putInt(0);
    regions.forEach(region -> region.write(bytes));
  }

  /** Returns where its regions are in their files. */
  List<SharedMemory.Region> inFiles() {
    return regions.stream()
        .map(it -> new SharedMemory.Region(it.guestAddress(), it.bytes(), it.fileOffset()))
        .toList();
  }

  /** Turns an address of the front end's process into a guest-physical one. */
  long guestAddress(long frontEndAddress) throws RefusedException {
    for (Region region : regions) {
      if (region.holds(frontEndAddress)) {
        return frontEndAddress - region.frontEndAddress() + region.guestAddress();
      }
    }
    throw new RefusedException(
        "address 0x%x of the front end lies in no region of its memory table"
            .formatted(frontEndAddress));
  }
}
