package dev.aerostat.vmm;

import dev.aerostat.engine.Strategy;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.MachineSettings.Transport;
import dev.aerostat.vmm.bus.GuestEnd;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A boot to try, of the guest that the emulated machine has at /app. Immutable.
 *
 * @param transport where the balloon is
 * @param processors how many
 * @param strategy when memory is mapped
 * @param end what the guest does at its end: reboot or poweroff
 * @param driver the guest's
 */
record GuestBoot(
    Transport transport, int processors, Strategy strategy, String end, GuestDriver driver) {
  private static final long MEMORY = 256L << 20;

  /** Reads such as {@code pci/2/async/reboot/stock}. */
  static GuestBoot parse(String text) {
    String[] parts = text.toUpperCase(Locale.ROOT).split("/", -1);
    return new GuestBoot(
        Transport.valueOf(parts[0]),
        Integer.parseInt(parts[1]),
        Strategy.valueOf(parts[2]),
        parts[3].toLowerCase(Locale.ROOT),
        GuestDriver.parse(parts[4]));
  }

  /** Returns whether something is asked of the balloon. */
  boolean balloons() {
    return strategy == Strategy.ASYNC;
  }

  GuestEnd.Kind expectedEnd() {
    return end.equals("poweroff") ? GuestEnd.Kind.POWER_OFF : GuestEnd.Kind.RESET;
  }

  /**
   * Without XSAVE, which the emulated processor claims to have in a way that the kernel warns of.
   */
  MachineSettings settings() {
    String words =
        "noxsave init_on_alloc=0 loglevel=4 guest.end=%s guest.balloon=%s %s"
            .formatted(end, balloons() ? "yes" : "no", driver.word());
    return new MachineSettings(
        Path.of("/app/vmlinuz"),
        Optional.of(Path.of("/app/initrd")),
        words,
        MEMORY,
        new MemoryBacking.Anonymous(true),
        processors,
        List.of(),
        1,
        transport,
        driver.huge(),
        strategy,
        EarlyDma.USUAL,
        OptionalLong.empty());
  }

  @Override
  public String toString() {
    return "%s/%d/%s/%s/%s"
        .formatted(transport, processors, strategy, end, driver)
        .toLowerCase(Locale.ROOT);
  }
}
