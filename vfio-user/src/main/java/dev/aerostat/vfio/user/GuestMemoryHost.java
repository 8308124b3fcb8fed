package dev.aerostat.vfio.user;

import dev.aerostat.api.GuestMemory;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Whoever maps the memory of a guest for its devices, such as an engine. All methods are called on
 * the threads that serve the guest's devices, one at a time.
 */
public interface GuestMemoryHost {
  /**
   * Called when the first device of the guest is given its memory, before the guest has run.
   *
   * @param memory the guest's RAM, valid until {@link #gone} has returned
   * @throws IOException if it cannot be mapped: the VMM is told that it cannot have the device
   */
  void shared(GuestMemory memory) throws IOException;

  /**
   * Returns when the VMM may go on. A VMM waits here for as long as it takes, as it does for a
   * device of its own: so this is done at once, unless all memory has to be mapped first.
   *
   * @return done, or to be done by any thread
   */
  default CompletableFuture<Void> mayGoOn() {
    return CompletableFuture.completedFuture(null);
  }

  /**
   * Called when the last device that was given the memory has gone, so that the guest has: a VMM
   * that ends, or unplugs its devices. All use of the memory ends before this returns; then it
   * goes.
   */
  void gone();

  /**
   * Returns why the guest's devices can be served no longer, which ends their sessions. Asked
   * before each request, and about once a second.
   *
   * @return what was thrown; nothing while all is well
   */
  default Optional<Throwable> failure() {
    return Optional.empty();
  }
}
