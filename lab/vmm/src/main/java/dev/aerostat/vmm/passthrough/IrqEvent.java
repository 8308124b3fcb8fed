package dev.aerostat.vmm.passthrough;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;

/** An eventfd: one end in VFIO, the other in KVM. Safe for use by any thread. */
final class IrqEvent implements AutoCloseable {
  private final Descriptor file;

  private IrqEvent(Descriptor file) {
    this.file = file;
  }

  /**
   * Creates a counter.
   *
   * @throws IOException if the kernel refuses
   */
  static IrqEvent create() throws IOException {
    int number = SocketCalls.libc().eventCounter();
    if (number < 0) {
      throw new IOException(
          "cannot create an event counter: %s; raise the limit of open files (ulimit -n)"
              .formatted(Errno.name(-number)));
    }
    return new IrqEvent(new Descriptor(SystemCalls.libc(), number));
  }

  /** Returns its descriptor, which stays this object's. */
  int number() {
    return file.number();
  }

  @Override
  public void close() {
    file.close();
  }
}
