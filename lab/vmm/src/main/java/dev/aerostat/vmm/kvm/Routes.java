package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.kvm.KvmException.check;
import static dev.aerostat.vmm.kvm.KvmLayouts.ROUTING_ENTRY;
import static dev.aerostat.vmm.kvm.KvmLayouts.ROUTING_HEADER_BYTES;
import static dev.aerostat.vmm.kvm.KvmLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What each GSI stands for (KVM_SET_GSI_ROUTING): the pins of PICs and I/O APIC as KVM has them at
 * first, then messages. KVM takes the whole table at once.
 *
 * <p>Safe for use by any thread.
 */
final class Routes {
  private static final int PICS_PINS = 16;
  private static final int PIC_PINS = 8;
  private static final int IO_APIC = 2;

  /** KVM_IRQ_ROUTING_IRQCHIP and KVM_IRQ_ROUTING_MSI. */
  private static final int TYPE_PIN = 1;

  private static final int TYPE_MESSAGE = 2;

  private final Descriptor machine;
  private final SortedMap<Integer, Message> messages = new TreeMap<>();

  Routes(Descriptor machine) {
    this.machine = machine;
  }

  synchronized int add(long address, int data) throws KvmException {
    int gsi = KvmInterrupts.PINS;
    while (messages.containsKey(gsi)) {
      gsi++;
    }
    put(gsi, address, data);
    return gsi;
  }

  synchronized void put(int gsi, long address, int data) throws KvmException {
    var changed = new TreeMap<>(messages);
    changed.put(gsi, new Message(address, data));
    install(changed);
  }

  synchronized void remove(int gsi) throws KvmException {
    var changed = new TreeMap<>(messages);
    changed.remove(gsi);
    install(changed);
  }

  private void install(SortedMap<Integer, Message> changed) throws KvmException {
    var entries = new ArrayList<Entry>();
    for (int pin = 0; pin < KvmInterrupts.PINS; pin++) {
      if (pin < PICS_PINS) {
        entries.add(new Entry(pin, TYPE_PIN, pin / PIC_PINS, pin % PIC_PINS, 0));
      }
      entries.add(new Entry(pin, TYPE_PIN, IO_APIC, pin, 0));
    }
    changed.forEach((gsi, message) -> entries.add(message.entry(gsi)));
    set(entries);
    messages.clear();
    messages.putAll(changed);
  }

  private void set(List<Entry> entries) throws KvmException {
    try (Arena arena = Arena.ofConfined()) {
      long entryBytes = ROUTING_ENTRY.byteSize();
      MemorySegment table =
          arena.allocate(ROUTING_HEADER_BYTES + entries.size() * entryBytes, Long.BYTES);
      table.set(JAVA_INT, 0, entries.size());
      for (int i = 0; i < entries.size(); i++) {
        entries.get(i).write(table.asSlice(ROUTING_HEADER_BYTES + i * entryBytes, entryBytes));
      }
      int _ = check("route interrupts", machine.ioctl(KvmConstants.SET_GSI_ROUTING, table));
    }
  }

  private record Message(long address, int data) {
    Entry entry(int gsi) {
      return new Entry(gsi, TYPE_MESSAGE, (int) address, (int) (address >>> Integer.SIZE), data);
    }
  }

  /** A row of the table; the last three are a controller and its pin, or a message's parts. */
  private record Entry(int gsi, int type, int first, int second, int third) {
    void write(MemorySegment entry) {
      entry.set(JAVA_INT, offset(ROUTING_ENTRY, "gsi"), gsi);
      entry.set(JAVA_INT, offset(ROUTING_ENTRY, "type"), type);
      long union = offset(ROUTING_ENTRY, "u");
      entry.set(JAVA_INT, union, first);
      entry.set(JAVA_INT, union + Integer.BYTES, second);
      entry.set(JAVA_INT, union + 2 * Integer.BYTES, third);
    }
  }
}
