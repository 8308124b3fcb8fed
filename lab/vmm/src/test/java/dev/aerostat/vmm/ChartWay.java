package dev.aerostat.vmm;

import dev.aerostat.engine.Strategy;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.MachineSettings.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A way to give a guest its device, one column of the chart. */
enum ChartWay {
  /** All memory is mapped before the guest starts, as VMMs do today. */
  SYNC("sync", Strategy.SYNC, GuestDriver.STOCK),

  /** With the stock balloon driver. */
  ASYNC_4K("async 4 KiB", Strategy.ASYNC, GuestDriver.STOCK),

  /** With ours, of {@code guest-linux}. */
  ASYNC_2M("async 2 MiB", Strategy.ASYNC, GuestDriver.HUGE);

  private static final int PROCESSORS = 2;

  private final String words;
  private final Strategy strategy;
  private final GuestDriver driver;

  ChartWay(String words, Strategy strategy, GuestDriver driver) {
    this.words = words;
    this.strategy = strategy;
    this.driver = driver;
  }

  String words() {
    return words;
  }

  /**
   * Without XSAVE, which the emulated processor claims to have in a way that the kernel warns of.
   */
  MachineSettings settings(long memoryBytes, long residentBytes) {
    return new MachineSettings(
        Path.of("/app/vmlinuz"),
        Optional.of(Path.of("/app/initrd")),
        "noxsave init_on_alloc=0 loglevel=4 %s guest.balloon=%s"
            .formatted(driver.word(), strategy == Strategy.ASYNC ? "yes" : "no"),
        memoryBytes,
        new MemoryBacking.Anonymous(true),
        PROCESSORS,
        List.of(MachineDevice.address()),
        1,
        Transport.MMIO,
        driver.huge(),
        strategy,
        EarlyDma.USUAL,
        OptionalLong.of(residentBytes));
  }
}
