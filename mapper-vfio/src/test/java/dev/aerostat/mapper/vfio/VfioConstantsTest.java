package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class VfioConstantsTest {
  @Test
  void requestNumbersAreThoseOfTheKernel() {
    assertEquals(0x3b64, VfioConstants.GET_API_VERSION);
    assertEquals(0x3b65, VfioConstants.CHECK_EXTENSION);
    assertEquals(0x3b66, VfioConstants.SET_IOMMU);
    assertEquals(0x3b67, VfioConstants.GROUP_GET_STATUS);
    assertEquals(0x3b68, VfioConstants.GROUP_SET_CONTAINER);
    assertEquals(0x3b6a, VfioConstants.GROUP_GET_DEVICE_FD);
    assertEquals(0x3b6b, VfioConstants.DEVICE_GET_INFO);
    assertEquals(0x3b6c, VfioConstants.DEVICE_GET_REGION_INFO);
    assertEquals(0x3b6e, VfioConstants.DEVICE_SET_IRQS);
    assertEquals(0x3b6f, VfioConstants.DEVICE_RESET);
    assertEquals(0x3b70, VfioConstants.IOMMU_GET_INFO);
    assertEquals(0x3b71, VfioConstants.IOMMU_MAP_DMA);
    assertEquals(0x3b72, VfioConstants.IOMMU_UNMAP_DMA);
    assertEquals(0x3b76, VfioConstants.DEVICE_BIND_IOMMUFD);
    assertEquals(0x3b77, VfioConstants.DEVICE_ATTACH_IOMMUFD_PT);
    assertEquals(0x3b78, VfioConstants.DEVICE_DETACH_IOMMUFD_PT);
    assertEquals(0x3b81, IommufdConstants.IOAS_ALLOC);
    assertEquals(0x3b84, IommufdConstants.IOAS_IOVA_RANGES);
    assertEquals(0x3b85, IommufdConstants.IOAS_MAP);
    assertEquals(0x3b86, IommufdConstants.IOAS_UNMAP);
    assertEquals(0x3b8f, IommufdConstants.IOAS_MAP_FILE);
  }
}
