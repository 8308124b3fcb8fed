package dev.aerostat.virtio.device;

import dev.aerostat.virtio.GuestMistake;

/** Where what the guest got wrong is reported. */
public interface MistakeSink {
  /**
   * Called for each mistake, on the thread that met it.
   *
   * @param mistake what it was
   */
  void report(GuestMistake mistake);
}
