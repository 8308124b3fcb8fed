package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.MapperContract;

/** With the 64 KiB pages that some IOMMUs have as their smallest. */
final class SimulatedIommufdTest extends MapperContract {
  @Override
  protected DmaMapper open(GuestMemory memory) {
    SimulatedHost host =
        SimulatedHost.typical().withRules(KernelRules.IOMMUFD).withPageSizes(0x2001_0000);
    return SimulatedMapper.open(host, MapperRequest.of(memory));
  }

  @Override
  protected boolean refusesEmptyUnmap() {
    return true;
  }
}
