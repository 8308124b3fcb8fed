package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Lets devices copy from and to pages of guest memory, each its own page at a time. */
final class DmaProbes implements AutoCloseable {
  private static final long PAGE = 4096;
  private static final int BYTES = 64;
  private static final long PATTERN = 0x1234_5678_9abc_def0L;
  private static final long UNTOUCHED = 0x5e5e_5e5e_5e5e_5e5eL;

  private final GuestMemory memory;
  private final List<EduDevice> devices;

  DmaProbes(GuestMemory memory, List<EduDevice> devices) {
    this.memory = memory;
    this.devices = devices;
  }

  /** Returns the pages whose bytes a device could not read, or could not write back. */
  List<Long> lost(List<Long> pages) {
    var lost = new ArrayList<Long>();
    for (int first = 0; first < pages.size(); first += devices.size()) {
      List<Long> turn = turn(pages, first);
      turn.forEach(page -> fill(page, PATTERN ^ page));
      copy(turn, EduDevice::read);
      turn.forEach(page -> fill(page, UNTOUCHED));
      copy(turn, EduDevice::write);
      turn.stream().filter(page -> !holds(page, PATTERN ^ page)).forEach(lost::add);
    }
    return lost;
  }

  /** Returns the pages that a device could write to. */
  List<Long> leaked(List<Long> pages) {
    var leaked = new ArrayList<Long>();
    for (int first = 0; first < pages.size(); first += devices.size()) {
      List<Long> turn = turn(pages, first);
      turn.forEach(page -> fill(page, UNTOUCHED));
      copy(turn, EduDevice::write);
      turn.stream().filter(page -> !holds(page, UNTOUCHED)).forEach(leaked::add);
    }
    return leaked;
  }

  private List<Long> turn(List<Long> pages, int first) {
    return pages.subList(first, Math.min(pages.size(), first + devices.size()));
  }

  private void copy(List<Long> pages, Transfer transfer) {
    for (int i = 0; i < pages.size(); i++) {
      transfer.start(devices.get(i), pages.get(i) * PAGE, BYTES);
    }
    devices.subList(0, pages.size()).forEach(EduDevice::await);
  }

  private void fill(long page, long value) {
    MemorySegment bytes = bytes(page);
    for (long offset = 0; offset < BYTES; offset += Long.BYTES) {
      bytes.set(ValueLayout.JAVA_LONG, offset, value);
    }
  }

  private boolean holds(long page, long value) {
    MemorySegment bytes = bytes(page);
    for (long offset = 0; offset < BYTES; offset += Long.BYTES) {
      if (bytes.get(ValueLayout.JAVA_LONG, offset) != value) {
        return false;
      }
    }
    return true;
  }

  private MemorySegment bytes(long page) {
    MemoryRegion region = memory.regionOf(page * PAGE).orElseThrow();
    return region.segment().asSlice(page * PAGE - region.range().start(), BYTES);
  }

  @Override
  public void close() {
    devices.forEach(EduDevice::close);
  }

  private interface Transfer {
    void start(EduDevice device, long address, long bytes);
  }
}
