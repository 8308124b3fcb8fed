package dev.aerostat.vfio.user;

import dev.aerostat.memory.linux.socket.SharedMemory;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A guest whose devices are served, each on a socket of its own. They share its memory, which is
 * mapped once: it comes with the first device, and goes with the last.
 *
 * <p>Safe for use by any thread.
 */
public final class VfioUserGuest {
  private final GuestMemoryHost host;
  private Optional<SharedMemory> memory = Optional.empty();
  private int holders;

  /**
   * Creates a guest that is not there yet.
   *
   * @param host maps its memory
   */
  public VfioUserGuest(GuestMemoryHost host) {
    this.host = host;
  }

  /**
   * Starts to listen for the VMM, for one device.
   *
   * @param path of the socket, at most 107 bytes; nothing may be there but a socket that a server
   *     which has ended left behind, which is taken over
   * @param device what the VMM gets, each time that it connects
   * @return a server whose {@link VfioUserServer#serve} takes the VMM's first connection
   * @throws IOException if the socket cannot be made: the message says why
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public VfioUserServer listen(Path path, ServedDevice device) throws IOException {
    return VfioUserServer.listen(path, this, device);
  }

  /**
   * Takes the memory that a VMM gives a device, or sees that it is what other devices have.
   *
   * @param regions where it is in the files
   * @param files one for each region; taken over
   * @return when the VMM may go on
   * @throws IOException if it cannot be mapped, or is another guest's
   */
  synchronized CompletableFuture<Void> enter(
      List<SharedMemory.Region> regions, List<Descriptor> files) throws IOException {
    boolean taken = false;
    try {
      if (memory.isEmpty()) {
        SharedMemory its = SharedMemory.map(VfioUserFraming.PEER, regions, files);
        taken = true;
        share(its);
      } else if (!memory.get().is(regions, files)) {
        throw new IOException(
            "this is not the memory that the guest's other devices have: one guest's devices only");
      }
      holders++;
    } finally {
      if (!taken) {
        files.forEach(Descriptor::close);
      }
    }
    return mayGoOn();
  }

  private void share(SharedMemory its) throws IOException {
    try {
      host.shared(its.guestMemory());
      memory = Optional.of(its);
    } finally {
      if (memory.isEmpty()) {
        its.close();
      }
    }
  }

  /** A device that is not let in has to leave. */
  private CompletableFuture<Void> mayGoOn() {
    boolean entered = false;
    try {
      CompletableFuture<Void> event = host.mayGoOn();
      entered = true;
      return event;
    } finally {
      if (!entered) {
        leave();
      }
    }
  }

  /** Returns whether the host is being called on this thread: other sessions may wait for it. */
  boolean isInCallOfHost() {
    return Thread.holdsLock(this);
  }

  /** Called by a device that had the memory. */
  synchronized void leave() {
    holders--;
    if (holders == 0) {
      SharedMemory its = memory.orElseThrow();
      memory = Optional.empty();
      try {
        host.gone();
      } finally {
        its.close();
      }
    }
  }

  /**
   * Checks that the guest still has its memory, and its host works.
   *
   * @throws IOException if not
   */
  synchronized void requireUsable() throws IOException {
    if (memory.isPresent()) {
      memory.get().requireWhole();
      Optional<Throwable> failure = host.failure();
      if (failure.isPresent()) {
        throw new IOException("the guest's memory is not mapped any more", failure.get());
      }
    }
  }
}
