package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostMemory;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.HostMemoryContract;

final class SimulatedHostMemoryTest extends HostMemoryContract {
  @Override
  protected HostMemory create(GuestMemory memory) {
    return new SimulatedHostMemory(SimulatedHost.typical(), MapperRequest.of(memory));
  }

  @Override
  protected boolean touchesMemory() {
    return false;
  }
}
