package dev.aerostat.mapper.vfio.type1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class Type1ConstantsTest {
  @Test
  void requestNumbersAreThoseOfTheKernel() {
    assertEquals(0x3b64, Type1Constants.GET_API_VERSION);
    assertEquals(0x3b65, Type1Constants.CHECK_EXTENSION);
    assertEquals(0x3b66, Type1Constants.SET_IOMMU);
    assertEquals(0x3b67, Type1Constants.GROUP_GET_STATUS);
    assertEquals(0x3b68, Type1Constants.GROUP_SET_CONTAINER);
    assertEquals(0x3b6a, Type1Constants.GROUP_GET_DEVICE_FD);
    assertEquals(0x3b70, Type1Constants.IOMMU_GET_INFO);
    assertEquals(0x3b71, Type1Constants.IOMMU_MAP_DMA);
    assertEquals(0x3b72, Type1Constants.IOMMU_UNMAP_DMA);
  }
}
