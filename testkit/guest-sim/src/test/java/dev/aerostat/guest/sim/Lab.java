package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A guest on a fake device and a virtual clock. */
final class Lab implements AutoCloseable {
  static final long MIB = 1L << 20;
  static final long GIB = 1L << 30;

  final StepClock clock = new StepClock();
  final SparseMemory memory;
  final FakeDevice device;
  final SimulatedGuest guest;

  Lab(long bytes, GuestProfile profile) {
    memory = sparse(bytes);
    device = new FakeDevice(memory.guestMemory(), clock);
    guest = new SimulatedGuest(memory.guestMemory(), device, clock, profile);
    device.connect(guest);
  }

  /** RAM as q35 lays it out: up to 2 GiB from 0, the rest from 4 GiB. */
  static SparseMemory sparse(long bytes) {
    var ranges = new ArrayList<GuestRange>();
    long below = Math.min(bytes, 2 * GIB);
    ranges.add(new GuestRange(0, below));
    if (bytes > below) {
      ranges.add(GuestRange.ofLength(4 * GIB, bytes - below));
    }
    try {
      return SparseMemory.allocate(ranges);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  long pages() {
    return memory.guestMemory().pages();
  }

  List<FakeDevice.Message> messages() {
    return device.messages;
  }

  @Override
  public void close() {
    memory.close();
  }
}
