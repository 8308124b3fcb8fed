package dev.aerostat.vmm.virtio;

import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.VirtioDevice;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reports once when a driver has set the device up. Safe for use by any thread. */
final class DriverWatch {
  private final Runnable loaded;
  private final AtomicBoolean told = new AtomicBoolean();

  DriverWatch(Runnable loaded) {
    this.loaded = loaded;
  }

  /** Called after each write to a register. */
  void look(VirtioDevice device) {
    if (!told.get()
        && (device.status() & DeviceStatus.DRIVER_OK) != 0
        && told.compareAndSet(false, true)) {
      loaded.run();
    }
  }
}
