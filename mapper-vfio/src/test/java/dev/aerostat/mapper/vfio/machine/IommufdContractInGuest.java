package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.vfio.VfioBackend;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.testkit.MapperContract;

/** What every mapper must do, done by the kernel's iommufd. */
final class IommufdContractInGuest extends MapperContract {
  @Override
  protected DmaMapper open(GuestMemory memory) throws HostRefusedException {
    return VfioMapper.open(GuestDevices.one(), VfioBackend.IOMMUFD);
  }

  @Override
  protected boolean refusesEmptyUnmap() {
    return true;
  }
}
