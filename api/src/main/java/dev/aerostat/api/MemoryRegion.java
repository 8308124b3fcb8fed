package dev.aerostat.api;

import java.lang.foreign.MemorySegment;

/**
 * One contiguous piece of guest RAM and the bytes behind it.
 *
 * <p>Immutable; the bytes are shared with the guest, which may change them at any time.
 *
 * @param range where the guest sees it
 * @param segment its bytes in this process: native, writable, accessible by every thread, exactly
 *     as long as {@code range}, at an address that is a multiple of 4 KiB; it belongs to the VMM
 *     and must stay alive for as long as anything of Aerostat uses it
 */
public record MemoryRegion(GuestRange range, MemorySegment segment) {
  /**
   * Checks that the segment fits the range.
   *
   * @throws IllegalArgumentException if the segment is not native, read-only, confined to a thread,
   *     freed, of another length than the range, or not aligned to 4 KiB
   */
  public MemoryRegion {
    String what = "memory region " + range;
    if (!segment.isNative()) {
      throw new IllegalArgumentException(
          what + " is backed by heap memory; a device needs native memory");
    }
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException(
          what + " is backed by a read-only segment; the device writes its used rings there");
    }
    if (!segment.scope().isAlive()) {
      throw new IllegalArgumentException(
          what + " is backed by a segment whose arena is closed; keep it open until the end");
    }
    if (!segment.isAccessibleBy(new Thread())) {
      throw new IllegalArgumentException(
          what
              + " is backed by a segment that only one thread may access;"
              + " allocate it in Arena.ofShared()");
    }
    if (segment.byteSize() != range.length()) {
      throw new IllegalArgumentException(
          "%s is 0x%x bytes long but its segment has 0x%x"
              .formatted(what, range.length(), segment.byteSize()));
    }
    if (!Pages.aligned(segment.address())) {
      throw new IllegalArgumentException(
          "%s lies at host address 0x%x, which is not a multiple of 0x%x"
              .formatted(what, segment.address(), Pages.SIZE));
    }
  }

  /**
   * Returns the host address of a guest-physical address in this region.
   *
   * @param guestAddress in bytes, in {@link #range()}, a multiple of 4 KiB
   * @return where its bytes lie
   * @throws IllegalArgumentException if the address is outside the region or unaligned
   */
  public HostAddress hostAddress(long guestAddress) {
    if (!range.contains(guestAddress)) {
      throw new IllegalArgumentException(
          "guest address 0x%x is not in region %s".formatted(guestAddress, range));
    }
    return new HostAddress(segment.address() + guestAddress - range.start());
  }
}
