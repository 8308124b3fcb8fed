package dev.aerostat.vmm;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.memory.linux.MemoryBacking;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What a virtual machine is made of. Immutable.
 *
 * @param kernel a bzImage
 * @param initramfs the first root file system, if there is one
 * @param append what the user adds to the kernel's command line
 * @param memoryBytes RAM, a multiple of 2 MiB, at least 64 MiB
 * @param backing what the RAM is made of
 * @param processors 1 to 4
 * @param devices of this host, to be passed through; if there are none, a simulated host stands in
 * @param slowdown how many times slower than a real one a simulated host maps, 1 or more
 * @param transport how the guest finds its balloon
 * @param hugeBalloonPages whether 2 MiB balloon pages are offered
 * @param strategy when the devices may do DMA
 * @param earlyDma what happens to a guest that asks for it before
 * @param guestMinimumBytes what is never asked of the balloon, if that is not the usual
 */
public record MachineSettings(
    Path kernel,
    Optional<Path> initramfs,
    String append,
    long memoryBytes,
    MemoryBacking backing,
    int processors,
    List<PciAddress> devices,
    int slowdown,
    Transport transport,
    boolean hugeBalloonPages,
    Strategy strategy,
    EarlyDma earlyDma,
    OptionalLong guestMinimumBytes) {
  /** The most processors. */
  public static final int MOST_PROCESSORS = 4;

  /** The number of the first device on the guest's PCI bus; the others follow it. */
  static final int FIRST_DEVICE = 2;

  /** How the guest finds its balloon. */
  public enum Transport {
    /** On the PCI bus. */
    PCI,
    /** By ACPI. */
    MMIO
  }

  /**
   * Checks the numbers that nobody else checks.
   *
   * @throws IllegalArgumentException if one is out of its range: the message names it
   */
  public MachineSettings {
    devices = List.copyOf(devices);
    if (processors < 1 || processors > MOST_PROCESSORS) {
      throw new IllegalArgumentException(
          "%d processors: expected 1 to %d".formatted(processors, MOST_PROCESSORS));
    }
    if (slowdown < 1) {
      throw new IllegalArgumentException(
          "a host that is %d times slower: expected 1 or more".formatted(slowdown));
    }
  }

  /**
   * Returns the kernel's command line: what this machine needs, then what the user adds.
   *
   * <p>The serial port is the console. A kernel that panics resets, which ends the run. It is to
   * reset by the keyboard controller: one on hardware-reduced ACPI takes it that there is EFI, and
   * without EFI jumps to a BIOS, and there is neither.
   */
  String commandLine() {
    return ("console=ttyS0 panic=-1 reboot=k " + append).strip();
  }

  /** Returns the numbers of the PCI devices that are plugged while the guest runs. */
  List<Integer> lateDevices() {
    boolean late = earlyDma.policy() == EarlyDmaPolicy.PLUG_LATE;
    return IntStream.range(FIRST_DEVICE, FIRST_DEVICE + (late ? devices.size() : 0))
        .boxed()
        .toList();
  }

  /** Returns how the engine behaves. */
  EngineSettings engine(GuestMemory memory) {
    EngineSettings.Builder builder =
        EngineSettings.builder(memory).strategy(strategy).earlyDmaPolicy(earlyDma.policy());
    guestMinimumBytes.ifPresent(builder::guestMinimumBytes);
    return builder.build();
  }

  /** Returns how the balloon device presents itself. */
  BalloonSettings balloon() {
    BalloonSettings usual = BalloonSettings.defaults();
    var offered = EnumSet.copyOf(usual.offered());
    if (!hugeBalloonPages) {
      offered.remove(BalloonFeature.HUGE_PAGES);
    }
    return usual.withOffered(offered);
  }
}
