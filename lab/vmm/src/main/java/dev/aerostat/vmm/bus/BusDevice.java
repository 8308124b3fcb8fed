package dev.aerostat.vmm.bus;

import java.util.concurrent.CompletableFuture;

/**
 * A device that the guest reaches by accesses to a window of ports or of guest-physical addresses.
 *
 * <p>Called on the thread of the vCPU that makes the access, by several at once. The guest is
 * hostile: no access makes a method throw.
 */
public interface BusDevice {
  /** A write that has taken effect. */
  CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  /**
   * Reads what the guest reads.
   *
   * @param offset in bytes from the start of the window; inside it
   * @param width 1 to 8 bytes, which may reach beyond the window; no power of two where the access
   *     crosses pages
   * @return the value, little-endian; bytes above {@code width} are ignored
   */
  long read(long offset, int width);

  /**
   * Writes what the guest writes. Never waits itself.
   *
   * @param offset in bytes from the start of the window; inside it
   * @param width 1 to 8 bytes, which may reach beyond the window; no power of two where the access
   *     crosses pages
   * @param value in its lower bytes, little-endian, the others 0
   * @return completes when the write has taken effect: the vCPU goes on only then
   */
  CompletableFuture<Void> write(long offset, int width, long value);
}
