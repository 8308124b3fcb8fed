package dev.aerostat.vmm.command;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Pages;
import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.EarlyDma;
import dev.aerostat.vmm.MachineSettings;
import dev.aerostat.vmm.MachineSettings.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** The options that say what a machine is made of. */
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before it is read
final class MachineOptions {
  private static final long HUGE_PAGE = 2L << 20;

  @Option(
      names = "--kernel",
      paramLabel = "FILE",
      required = true,
      description = "The guest's Linux, a bzImage as distributions ship it: /boot/vmlinuz-VERSION.")
  private Path kernel;

  @Option(
      names = "--initrd",
      paramLabel = "FILE",
      description = {
        "Its initramfs. The balloon driver must be in it, or built in, to load before the driver of"
            + " the device."
      })
  private Optional<Path> initrd = Optional.empty();

  @Option(
      names = "--append",
      paramLabel = "WORDS",
      defaultValue = "",
      description = "What is added to its command line, console=ttyS0 panic=-1 reboot=k.")
  private String append;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "1G",
      description = "Its memory, a multiple of 2M, at least 64M. Default: ${DEFAULT-VALUE}.")
  private MemorySize memory;

  @Option(
      names = "--backing",
      paramLabel = "private|thp|memfd|hugetlb",
      defaultValue = "thp",
      description = {
        "What its memory is made of: this process's pages of 4 KiB, or transparent huge pages, a"
            + " file in memory, or huge pages of 2 MiB that the host has reserved. Default:"
            + " ${DEFAULT-VALUE}."
      })
  private Backing backing;

  @Option(
      names = "--cpus",
      paramLabel = "COUNT",
      defaultValue = "1",
      description = "Its processors, 1 to 4. Default: ${DEFAULT-VALUE}.")
  private int processors;

  @Option(
      names = "--device",
      paramLabel = "ADDRESS",
      description = {
        "A device of this host that is passed through, such as 0000:00:05.0, bound to vfio-pci; may"
            + " be repeated. Without one a simulated host maps, for no device."
      })
  private List<PciAddress> devices = new ArrayList<>();

  @Option(
      names = "--slowdown",
      paramLabel = "FACTOR",
      defaultValue = "1",
      description = {
        "How many times slower than a real one the simulated host maps: to see the balloon at work"
            + " in a small guest. Default: ${DEFAULT-VALUE}."
      })
  private int slowdown;

  @Option(
      names = "--strategy",
      paramLabel = "async|sync",
      defaultValue = "async",
      description = {
        "sync maps all memory before the guest starts, async while it boots. Default:"
            + " ${DEFAULT-VALUE}."
      })
  private Strategy strategy;

  @Option(
      names = "--early-dma",
      paramLabel = "hold|pause|plug",
      defaultValue = "hold",
      description = {
        "What happens to a guest that asks for its device's DMA before the gate is open: its write"
            + " is held, or all its processors pause, until the gate opens; or it cannot ask, as"
            + " the device is plugged then. Default: ${DEFAULT-VALUE}."
      })
  private EarlyAnswer earlyDma;

  @Option(
      names = "--early-dma-limit",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = {
        "How long it waits at most; then the run ends, as a failure. Default: ${DEFAULT-VALUE}."
      })
  private long earlyDmaLimit;

  @Option(
      names = "--transport",
      paramLabel = "pci|mmio",
      defaultValue = "pci",
      description = "The bus that the balloon is on. Default: ${DEFAULT-VALUE}.")
  private Transport transport;

  @Option(
      names = "--balloon-page",
      paramLabel = "4K|2M",
      defaultValue = "2M",
      description = {
        "The largest page that the guest's driver may balloon: 2M offers the private feature bit"
            + " 62, which a stock driver leaves alone, 4K withholds it. Default: ${DEFAULT-VALUE}."
      })
  private MemorySize balloonPage;

  @Option(
      names = "--resident",
      paramLabel = "SIZE",
      description = {
        "What the balloon is never asked for. Default: a 64th of memory and 1G, at most half."
      })
  private Optional<MemorySize> resident = Optional.empty();

  /** What guest memory is made of. */
  enum Backing {
    PRIVATE,
    THP,
    MEMFD,
    HUGETLB;

    private MemoryBacking memory() {
      return switch (this) {
        case PRIVATE -> new MemoryBacking.Anonymous(false);
        case THP -> new MemoryBacking.Anonymous(true);
        case MEMFD -> new MemoryBacking.Shared(true);
        case HUGETLB -> new MemoryBacking.HugePages(HUGE_PAGE);
      };
    }
  }

  /** What happens to a guest that asks for DMA too early. */
  enum EarlyAnswer {
    HOLD(EarlyDmaPolicy.HOLD),
    PAUSE(EarlyDmaPolicy.PAUSE),
    PLUG(EarlyDmaPolicy.PLUG_LATE);

    private final EarlyDmaPolicy policy;

    EarlyAnswer(EarlyDmaPolicy policy) {
      this.policy = policy;
    }
  }

  /**
   * Returns what was asked for.
   *
   * @throws IllegalArgumentException if a value is out of its range: the message names it
   */
  MachineSettings settings() {
    boolean huge = balloonPage.bytes() == HUGE_PAGE;
    if (!huge && balloonPage.bytes() != Pages.SIZE) {
      throw new IllegalArgumentException(
          "balloon pages of %s: expected 4K or 2M"
              .formatted(MemorySize.words(balloonPage.bytes())));
    }
    return new MachineSettings(
        kernel,
        initrd,
        append,
        memory.bytes(),
        backing.memory(),
        processors,
        devices,
        slowdown,
        transport,
        huge,
        strategy,
        new EarlyDma(earlyDma.policy, Duration.ofSeconds(earlyDmaLimit)),
        resident.map(size -> OptionalLong.of(size.bytes())).orElse(OptionalLong.empty()));
  }
}
