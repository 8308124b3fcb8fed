package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.vfio.VfioBackend;
import dev.aerostat.mapper.vfio.VfioMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** An IOMMU that does not check a device's interrupts. */
final class UnsafeInterruptsInGuest {
  @Test
  void devicesThatMayForgeInterruptsAreRefusedAndTheAdviceHelps() throws Exception {
    var refusal =
        assertThrows(HostRefusedException.class, () -> VfioMapper.open(GuestDevices.one()).close());
    System.out.println("MESSAGE " + refusal.getMessage());
    assertEquals(Errno.EPERM, refusal.errno());
    String advised = allow();
    assertTrue(refusal.toString().contains(advised), refusal::toString);
    try (VfioMapper mapper = VfioMapper.open(GuestDevices.one())) {
      assertEquals(0, mapper.unmapAll());
    }
  }

  /** Does as it is told; returns the setting as a person writes it. */
  private static String allow() throws IOException {
    String module =
        Files.exists(Path.of("/dev/iommu")) ? "iommufd" : "vfio_iommu_" + VfioBackend.TYPE1;
    Path setting = Path.of("/sys/module/%s/parameters/allow_unsafe_interrupts".formatted(module));
    Files.writeString(setting, "1");
    return module + ".allow_unsafe_interrupts=1";
  }
}
