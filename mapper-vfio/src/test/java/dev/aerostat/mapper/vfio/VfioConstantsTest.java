package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class VfioConstantsTest {
  @Test
  void requestNumbersAreThoseOfTheKernel() {
    assertEquals(0x3b6b, VfioConstants.DEVICE_GET_INFO);
    assertEquals(0x3b6c, VfioConstants.DEVICE_GET_REGION_INFO);
    assertEquals(0x3b6d, VfioConstants.DEVICE_GET_IRQ_INFO);
    assertEquals(0x3b6e, VfioConstants.DEVICE_SET_IRQS);
    assertEquals(0x3b6f, VfioConstants.DEVICE_RESET);
  }
}
