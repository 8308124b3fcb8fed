package dev.aerostat.examples;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.List;

/** Guest memory for tests. */
final class ExampleGuests {
  private ExampleGuests() {}

  static SparseMemory ofBytes(long bytes) throws IOException {
    return SparseMemory.allocate(List.of(new GuestRange(0, bytes)));
  }
}
