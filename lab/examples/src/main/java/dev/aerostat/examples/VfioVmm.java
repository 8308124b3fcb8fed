package dev.aerostat.examples;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.mapper.vfio.BusMasterGate;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.virtio.VirtioDevice;
import java.io.IOException;
import java.util.List;

/** What a VMM does around a guest with a passthrough device, on a real host. */
public final class VfioVmm {
  private VfioVmm() {}

  /** The part that is the VMM's own: buses and virtual CPUs. */
  public interface Machine extends DeviceInterrupts {
    /**
     * Puts a virtio device on a bus.
     *
     * @param balloon the device
     */
    void plug(VirtioDevice balloon);

    /**
     * Puts a passthrough device on a bus. The guest's accesses to its command register go through
     * the gate.
     *
     * @param device the device
     * @param gate what keeps bus mastering from it
     */
    void plug(VfioDevice device, BusMasterGate gate);

    /**
     * Runs the guest until it powers off. Returns once no vCPU runs.
     *
     * @param memory the guest's
     */
    void run(GuestMemory memory);
  }

  /**
   * Runs a guest with a passthrough device.
   *
   * @param address of a device that is bound to vfio-pci
   * @param memoryBytes the guest's memory, a multiple of 4096
   * @param machine the rest of the VMM
   * @throws IOException if memory or device cannot be had
   * @throws HostRefusedException if the host does not map for this process
   */
  // tag::vfio[]
  public static void run(PciAddress address, long memoryBytes, Machine machine)
      throws IOException, HostRefusedException {
    var ranges = List.of(GuestRange.ofLength(0, memoryBytes));
    try (var ram = LinuxGuestMemory.allocate(ranges, new MemoryBacking.Anonymous(true));
        VfioMapper mapper = VfioMapper.open(List.of(address))) {
      VfioDevice device = mapper.devices().getFirst();
      var gate = new BusMasterGate(device);
      try (AsyncDmaMap dma =
          AsyncDmaMap.builder(ram.guestMemory(), mapper, gate).interrupts(machine).build()) {
        gate.onDmaWanted(dma::dmaWanted); // The guest's driver asks before the gate is open.
        machine.plug(dma.device());
        machine.plug(device, gate);
        dma.start(); // Mapping begins. The gate opens by itself.
        machine.run(ram.guestMemory());
      } // The vCPUs stand still: the gate closes, and all memory is unmapped.
    }
  }
  // end::vfio[]
}
