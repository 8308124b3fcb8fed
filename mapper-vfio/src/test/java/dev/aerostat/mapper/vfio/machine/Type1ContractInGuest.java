package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.vfio.VfioBackend;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.testkit.MapperContract;

/** What every mapper must do, done by the kernel's own code. */
final class Type1ContractInGuest extends MapperContract {
  @Override
  protected DmaMapper open(GuestMemory memory) throws HostRefusedException {
    return VfioMapper.open(GuestDevices.one(), VfioBackend.TYPE1);
  }
}
