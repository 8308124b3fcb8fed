package dev.aerostat.engine;

import dev.aerostat.mem.virtio.MemSettings;
import java.util.Objects;

/**
 * A virtio-mem device for an engine to have.
 *
 * @param settings how it presents itself; its region is a part of the guest's memory
 * @param interrupts how it interrupts its driver; its only queue is queue 0
 */
public record VirtioMem(MemSettings settings, DeviceInterrupts interrupts) {
  /** Checks that both are there. */
  public VirtioMem {
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(interrupts, "interrupts");
  }
}
