package dev.aerostat.examples;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostMemory;
import dev.aerostat.testkit.HostMemoryContract;

final class RegionMemoryTest extends HostMemoryContract {
  @Override
  protected HostMemory create(GuestMemory memory) {
    return new RegionMemory(memory);
  }

  @Override
  protected boolean givesBack() {
    return false;
  }
}
