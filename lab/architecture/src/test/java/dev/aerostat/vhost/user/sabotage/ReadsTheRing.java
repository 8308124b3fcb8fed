package dev.aerostat.vhost.user.sabotage;

import dev.aerostat.virtio.device.SplitVirtqueue;

/** A transport that would read what is for the device to read. */
public final class ReadsTheRing {
  static int next(SplitVirtqueue queue) {
    return queue.take();
  }
}
