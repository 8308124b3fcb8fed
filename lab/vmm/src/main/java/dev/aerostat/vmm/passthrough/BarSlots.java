package dev.aerostat.vmm.passthrough;

import dev.aerostat.api.Pages;
import dev.aerostat.mapper.vfio.RegionMapping;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioRegion;
import dev.aerostat.vmm.kvm.KvmException;
import dev.aerostat.vmm.kvm.MemorySlot;
import dev.aerostat.vmm.kvm.MemorySlots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A device's registers where the guest has put its BARs. The guest reaches them without the VMM: by
 * slots of KVM on mappings of the device. A slot ends before its mapping does, and a mapping before
 * the mapper does, which closes the device.
 *
 * <p>Not safe for use by several threads: accesses to one configuration space take turns.
 */
final class BarSlots implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.vmm");

  private final MemorySlots memory;
  private final Map<VfioRegion, RegionMapping> registers = new HashMap<>();
  private final Map<VfioRegion, MemorySlot> shown = new HashMap<>();

  BarSlots(MemorySlots memory) {
    this.memory = memory;
  }

  /**
   * Maps the registers. They are shown nowhere yet.
   *
   * @throws IOException if the kernel refuses; what was mapped stays for {@link #close}
   */
  void map(VfioDevice device, List<VfioRegion> bars) throws IOException {
    for (VfioRegion bar : bars) {
      registers.put(bar, device.map(bar));
    }
  }

  /**
   * Follows a BAR. One that the guest has put on RAM, on another BAR, or beyond all addresses is
   * shown nowhere, and reads as all bits set.
   *
   * @throws UncheckedIOException if KVM does not take the old place away: the guest must not go on
   */
  void move(VfioRegion bar, OptionalLong address) {
    MemorySlot old = shown.remove(bar);
    if (old != null) {
      close(old);
    }
    if (address.isPresent()
        && bar.bytes() % Pages.SIZE == 0
        && address.getAsLong() % Pages.SIZE == 0) {
      show(bar, address.getAsLong());
    }
  }

  private void show(VfioRegion bar, long address) {
    RegionMapping mapping = registers.get(bar);
    if (mapping == null) {
      return;
    }
    try {
      shown.put(bar, memory.add(address, mapping.registers()));
    } catch (KvmException refusal) {
      LOG.log(Level.DEBUG, "BAR {0} stays hidden: {1}", bar.index(), refusal.getMessage());
    }
  }

  private static void close(MemorySlot slot) {
    try {
      slot.close();
    } catch (KvmException refusal) {
      throw new UncheckedIOException(refusal);
    }
  }

  /**
   * Hides all of them and ends the mappings.
   *
   * @throws UncheckedIOException if KVM does not take one away: its mapping stays
   */
  @Override
  public void close() {
    shown.values().forEach(BarSlots::close);
    shown.clear();
    registers.values().forEach(RegionMapping::close);
    registers.clear();
  }
}
