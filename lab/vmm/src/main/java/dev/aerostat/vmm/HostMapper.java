package dev.aerostat.vmm;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.engine.AsyncDmaMapBuilder;
import dev.aerostat.mapper.spi.CostMeter;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioMapper;
import java.util.List;
import java.util.Map;

/**
 * Who maps the guest's memory, and for which devices. Immutable.
 *
 * @param name as {@code aerostat mappers} calls it
 * @param mapper an open one
 * @param devices this host's, for the guest; none on a simulated host
 */
record HostMapper(String name, DmaMapper mapper, List<VfioDevice> devices) {
  /** Opens mappers: a test puts one of its own here. */
  @FunctionalInterface
  interface Source {
    HostMapper open(MachineSettings settings, GuestMemory memory) throws HostRefusedException;

    /** Changes the engine that is built with the mapper. */
    default void change(AsyncDmaMapBuilder engine) {}
  }

  private static final String SIMULATED = "sim";

  /**
   * Opens a mapper.
   *
   * @throws HostRefusedException if this host refuses: the message says what to do
   * @throws IllegalStateException if the mapper is not available here
   */
  static HostMapper open(MachineSettings settings, GuestMemory memory) throws HostRefusedException {
    if (settings.devices().isEmpty()) {
      return simulated(settings.slowdown(), memory);
    }
    VfioMapper vfio = VfioMapper.open(settings.devices());
    return new HostMapper("vfio", vfio, vfio.devices());
  }

  /** It maps nothing, and takes as long as a host does, times a factor. */
  private static HostMapper simulated(int slowdown, GuestMemory memory)
      throws HostRefusedException {
    CostMeter realTime = CostMeter.realTime();
    CostMeter meter = nanos -> realTime.spend(nanos * slowdown);
    DmaMapper mapper =
        MapperProvider.named(SIMULATED)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "there is no mapper 'sim': put aerostat-mapper-sim on the module path, or"
                            + " pass a device through"))
            .open(new MapperRequest(memory, Map.of(), 1, meter));
    return new HostMapper(SIMULATED, mapper, List.of());
  }
}
