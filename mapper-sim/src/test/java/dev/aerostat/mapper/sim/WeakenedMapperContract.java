package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.testkit.MapperContract;

/** The contract run on a weakened mapper; {@link MapperContractSabotageTest} starts it. */
final class WeakenedMapperContract extends MapperContract {
  static final String WEAKNESS = "dev.aerostat.mapper.sim.weakness";

  @Override
  protected DmaMapper open(GuestMemory memory) {
    return Weakness.valueOf(System.getProperty(WEAKNESS)).weaken(memory);
  }
}
