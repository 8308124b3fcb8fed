package dev.aerostat.mapper.vfio.iommufd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class IommufdConstantsTest {
  @Test
  void requestNumbersAreThoseOfTheKernel() {
    assertEquals(0x3b76, IommufdConstants.DEVICE_BIND_IOMMUFD);
    assertEquals(0x3b77, IommufdConstants.DEVICE_ATTACH_IOMMUFD_PT);
    assertEquals(0x3b78, IommufdConstants.DEVICE_DETACH_IOMMUFD_PT);
    assertEquals(0x3b81, IommufdConstants.IOAS_ALLOC);
    assertEquals(0x3b84, IommufdConstants.IOAS_IOVA_RANGES);
    assertEquals(0x3b85, IommufdConstants.IOAS_MAP);
    assertEquals(0x3b86, IommufdConstants.IOAS_UNMAP);
    assertEquals(0x3b8f, IommufdConstants.IOAS_MAP_FILE);
  }
}
