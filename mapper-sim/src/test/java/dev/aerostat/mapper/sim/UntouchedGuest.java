package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.mapper.spi.MapperRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Guest memory that is never touched, and what a host spent on it. */
final class UntouchedGuest implements AutoCloseable {
  static final long PAGE = 4096;
  static final long GIB = 1L << 30;

  private final SparseMemory memory;
  private long spent;

  UntouchedGuest(long bytes) {
    try {
      this.memory = SparseMemory.allocate(List.of(GuestRange.ofLength(0, bytes)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  SimulatedMapper open(SimulatedHost host) {
    return open(host, 1);
  }

  SimulatedMapper open(SimulatedHost host, int threads) {
    return SimulatedMapper.open(host, request(threads, Map.of()));
  }

  MapperRequest request(int threads, Map<String, String> options) {
    return new MapperRequest(memory(), options, threads, nanos -> spent += nanos);
  }

  GuestMemory memory() {
    return memory.guestMemory();
  }

  /** What was spent since this was asked last. */
  long spent() {
    long since = spent;
    spent = 0;
    return since;
  }

  HostAddress at(long guestAddress) {
    return memory().region(0).hostAddress(guestAddress);
  }

  @Override
  public void close() {
    memory.close();
  }

  static IovaRange iova(long start, long bytes) {
    return IovaRange.ofLength(start, bytes);
  }
}
