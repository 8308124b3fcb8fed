package dev.aerostat.vmm;

import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.MachineSettings.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A boot of a guest that judges its device's DMA. Immutable.
 *
 * @param sabotage what the VMM does wrong
 * @param driver the guest's
 * @param asks when the guest asks for DMA
 */
record JudgedBoot(VmmSabotage sabotage, GuestDriver driver, GuestAsks asks) {
  private static final long MEMORY = 256L << 20;

  /** Reads such as {@code none/stock/and_pauses}. */
  static JudgedBoot parse(String text) {
    String[] parts = text.split("/", -1);
    return new JudgedBoot(
        VmmSabotage.valueOf(parts[0].toUpperCase(Locale.ROOT)),
        GuestDriver.parse(parts[1]),
        GuestAsks.valueOf(parts[2].toUpperCase(Locale.ROOT)));
  }

  /**
   * Without XSAVE, which the emulated processor claims to have in a way that the kernel warns of.
   */
  MachineSettings settings(PciAddress device) {
    return new MachineSettings(
        Path.of("/app/vmlinuz"),
        Optional.of(Path.of("/app/initrd")),
        "rdinit=/judge noxsave init_on_alloc=0 loglevel=4 %s %s"
            .formatted(driver.word(), asks.word()),
        MEMORY,
        new MemoryBacking.Anonymous(true),
        2,
        List.of(device),
        1,
        Transport.MMIO,
        driver.huge(),
        Strategy.ASYNC,
        earlyDma(),
        OptionalLong.empty());
  }

  private EarlyDma earlyDma() {
    return sabotage == VmmSabotage.DOES_NOT_PAUSE
        ? GuestAsks.AND_IS_HELD.settings()
        : asks.settings();
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return "%s/%s/%s".formatted(sabotage, driver, asks).toLowerCase(Locale.ROOT);
  }
}
