package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.socket.AllClosed;
import dev.aerostat.memory.linux.socket.SharedMemory;
import dev.aerostat.virtio.VirtioDevice;
import java.util.List;

/**
 * A device on the memory it was built for.
 *
 * @param table where that memory is in the front end's process
 */
record AttachedDevice(SharedMemory memory, HostedBalloon balloon, MemoryTable table)
    implements AutoCloseable {
  VirtioDevice device() {
    return balloon.device();
  }

  AttachedDevice at(MemoryTable elsewhere) {
    return new AttachedDevice(memory, balloon, elsewhere);
  }

  /** All use of the memory ends before the memory goes. */
  @Override
  public void close() {
    AllClosed.close(List.of(balloon::close, memory::close));
  }
}
