package dev.aerostat.virtio.device;

/**
 * What a device presents to any driver.
 *
 * @param deviceId the virtio device id
 * @param offered feature bits 0 to 63 on offer
 * @param required those of them without which no driver is served
 */
public record DeviceIdentity(int deviceId, long offered, long required) {
  /**
   * Returns whether a driver that chooses so is served.
   *
   * @param features bits 0 to 63
   * @return true if all that is required is among them, and nothing that is not offered
   */
  public boolean accepts(long features) {
    return (features & required) == required && (features & ~offered) == 0;
  }
}
