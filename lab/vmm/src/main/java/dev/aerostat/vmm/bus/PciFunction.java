package dev.aerostat.vmm.bus;

import java.util.concurrent.CompletableFuture;

/**
 * A function on the guest's PCI bus, as the guest configures it. Its BARs are the function's own to
 * show: a {@link BusWindow} of the memory bus where accesses are trapped, a slot of KVM where the
 * guest reaches the registers itself.
 *
 * <p>Called on the thread of the vCPU that makes the access. The guest is hostile: no access makes
 * a method throw.
 */
public interface PciFunction {
  /**
   * Reads from the configuration space.
   *
   * @param register offset in bytes, 0 to 255
   * @param width 1, 2 or 4 bytes, which stay within an aligned double word
   * @return the value, little-endian; bytes above {@code width} are ignored
   */
  long readConfig(int register, int width);

  /**
   * Writes to the configuration space. Never waits itself.
   *
   * @param register offset in bytes, 0 to 255
   * @param width 1, 2 or 4 bytes, which stay within an aligned double word
   * @param value in its lower bytes, little-endian, the others 0
   * @return completes when the write has taken effect: the vCPU goes on only then
   */
  CompletableFuture<Void> writeConfig(int register, int width, long value);
}
