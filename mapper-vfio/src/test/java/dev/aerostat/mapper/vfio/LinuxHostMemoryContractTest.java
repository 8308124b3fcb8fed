package dev.aerostat.mapper.vfio;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostMemory;
import dev.aerostat.memory.linux.LinuxHostMemory;
import dev.aerostat.testkit.HostMemoryContract;

/** What every host memory must do, done by this machine's kernel. */
final class LinuxHostMemoryContractTest extends HostMemoryContract {
  @Override
  protected HostMemory create(GuestMemory memory) {
    return new LinuxHostMemory();
  }
}
