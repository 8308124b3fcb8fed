package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.vfio.VfioBackend;
import dev.aerostat.mapper.vfio.VfioMapper;
import org.junit.jupiter.api.Test;

/** A kernel as Debian builds it. */
final class WithoutIommufdInGuest {
  @Test
  void type1IsUsed() throws HostRefusedException {
    try (VfioMapper mapper = VfioMapper.open(GuestDevices.one())) {
      assertEquals(VfioBackend.TYPE1, mapper.backend());
    }
  }

  @Test
  void whoAsksForIommufdIsToldThatThereIsNone() {
    var refusal =
        assertThrows(
            HostRefusedException.class,
            () -> VfioMapper.open(GuestDevices.one(), VfioBackend.IOMMUFD).close());
    System.out.println("MESSAGE " + refusal.getMessage());
    assertEquals(Errno.ENOENT, refusal.errno());
    assertTrue(refusal.reason().rule().contains("backend=type1"), refusal::toString);
  }
}
