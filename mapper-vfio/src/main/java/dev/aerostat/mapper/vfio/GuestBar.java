package dev.aerostat.mapper.vfio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A memory BAR that the guest sees. The kernel keeps what the guest writes there, and answers as a
 * BAR does that is sized; the device keeps its own place in the host.
 *
 * @param region what it shows
 * @param wide whether it takes two registers
 */
record GuestBar(VfioRegion region, boolean wide) {
  static final int COUNT = 6;
  private static final int FIRST = 0x10;

  private static final int IO = 1;
  private static final int TYPE = 3 << 1;
  private static final int TYPE_64_BITS = 2 << 1;
  private static final int FLAGS = 0xf;

  /** Returns those that can be mapped: of the others the guest sees nothing. */
  static List<GuestBar> of(ConfigRegisters device, List<VfioRegion> regions) throws IOException {
    var bars = new ArrayList<GuestBar>();
    for (VfioRegion region : regions) {
      int flags = (int) device.read(register(region.index()), Integer.BYTES);
      if (region.mappable() && region.bytes() > 0 && (flags & IO) == 0) {
        bars.add(new GuestBar(region, (flags & TYPE) == TYPE_64_BITS));
      }
    }
    return List.copyOf(bars);
  }

  /** Returns the register of a BAR by its index. */
  static int register(int index) {
    return FIRST + Integer.BYTES * index;
  }

  private int register() {
    return register(region.index());
  }

  boolean covers(int register) {
    return register == register() || (wide && register == register() + Integer.BYTES);
  }

  long address(ConfigRegisters device) throws IOException {
    long lower = device.read(register(), Integer.BYTES) & ~(long) FLAGS;
    long upper = wide ? device.read(register() + Integer.BYTES, Integer.BYTES) : 0;
    return (upper << Integer.SIZE) | lower;
  }
}
