package dev.aerostat.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.MachineSettings.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class MachineSettingsTest {
  private static MachineSettings settings(EarlyDmaPolicy policy, List<PciAddress> devices) {
    return new MachineSettings(
        Path.of("vmlinuz"),
        Optional.empty(),
        "",
        1L << 30,
        new MemoryBacking.Anonymous(false),
        1,
        devices,
        1,
        Transport.PCI,
        false,
        Strategy.ASYNC,
        new EarlyDma(policy, Duration.ofSeconds(1)),
        OptionalLong.empty());
  }

  @Test
  void onlyDevicesThatAreToComeLateDo() {
    var two = List.of(new PciAddress("0000:00:05.0"), new PciAddress("0000:00:06.0"));
    assertEquals(List.of(2, 3), settings(EarlyDmaPolicy.PLUG_LATE, two).lateDevices());
    assertEquals(List.of(), settings(EarlyDmaPolicy.PLUG_LATE, List.of()).lateDevices());
    assertEquals(List.of(), settings(EarlyDmaPolicy.HOLD, two).lateDevices());
    assertEquals(List.of(), settings(EarlyDmaPolicy.PAUSE, two).lateDevices());
  }
}
