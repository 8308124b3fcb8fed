package dev.aerostat.vmm;

import java.util.Locale;

/** Which driver a guest loads for its balloon. */
enum GuestDriver {
  /** The kernel's own, which balloons pages of 4 KiB. */
  STOCK("virtio_balloon"),

  /** Ours, of {@code guest-linux}, which balloons pages of 2 MiB. */
  HUGE("aerostat_balloon");

  private final String module;

  GuestDriver(String module) {
    this.module = module;
  }

  /** Reads a name, in any case. */
  static GuestDriver parse(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Returns what asks the guest, on its kernel's command line. */
  String word() {
    return "guest.driver=" + module;
  }

  /** Returns whether the device is to offer pages of 2 MiB. */
  boolean huge() {
    return this == HUGE;
  }
}
