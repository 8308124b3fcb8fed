package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.kvm.KvmLayouts.DESCRIPTOR_TABLE;
import static dev.aerostat.vmm.kvm.KvmLayouts.SEGMENT;
import static dev.aerostat.vmm.kvm.KvmLayouts.SREGS;
import static dev.aerostat.vmm.kvm.KvmLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.vmm.boot.BootEntry;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The registers of a processor in 64-bit mode (Intel SDM volume 3, chapters 2 and 3). */
final class LongMode {
  /** Bit 1 of RFLAGS; all others clear: interrupts are off. */
  static final long FLAGS_ALWAYS_SET = 2;

  private static final long CR0_PROTECTED = 1;
  private static final long CR0_EXTENSION = 1 << 4;
  private static final long CR0_NUMERIC_ERROR = 1 << 5;
  private static final long CR0_PAGING = 1L << 31;
  private static final long CR4_PHYSICAL_ADDRESS_EXTENSION = 1 << 5;
  private static final long EFER_ENABLED = 1 << 8;
  private static final long EFER_ACTIVE = 1 << 10;

  /** Executable, readable, accessed. */
  private static final int TYPE_CODE = 0xb;

  /** Writable, accessed. */
  private static final int TYPE_DATA = 3;

  private LongMode() {}

  /** Writes it into a {@code struct kvm_sregs} that has what KVM starts a processor with. */
  static void write(BootEntry entry, MemorySegment system) {
    segment(system, "cs", BootEntry.CODE_SELECTOR, TYPE_CODE);
    for (String name : List.of("ds", "es", "fs", "gs", "ss")) {
      segment(system, name, BootEntry.DATA_SELECTOR, TYPE_DATA);
    }
    MemorySegment table = system.asSlice(offset(SREGS, "gdt"), DESCRIPTOR_TABLE.byteSize());
    table.set(JAVA_LONG, offset(DESCRIPTOR_TABLE, "base"), entry.segments());
    table.set(
        JAVA_SHORT, offset(DESCRIPTOR_TABLE, "limit"), (short) (BootEntry.SEGMENTS_BYTES - 1));
    system.set(
        JAVA_LONG,
        offset(SREGS, "cr0"),
        CR0_PROTECTED | CR0_EXTENSION | CR0_NUMERIC_ERROR | CR0_PAGING);
    system.set(JAVA_LONG, offset(SREGS, "cr3"), entry.pageTables());
    system.set(JAVA_LONG, offset(SREGS, "cr4"), CR4_PHYSICAL_ADDRESS_EXTENSION);
    system.set(JAVA_LONG, offset(SREGS, "efer"), EFER_ENABLED | EFER_ACTIVE);
  }

  /** A flat one: of all memory. */
  private static void segment(MemorySegment system, String name, int selector, int type) {
    boolean code = type == TYPE_CODE;
    MemorySegment segment = system.asSlice(offset(SREGS, name), SEGMENT.byteSize()).fill((byte) 0);
    segment.set(JAVA_INT, offset(SEGMENT, "limit"), -1);
    segment.set(JAVA_SHORT, offset(SEGMENT, "selector"), (short) selector);
    segment.set(JAVA_BYTE, offset(SEGMENT, "type"), (byte) type);
    segment.set(JAVA_BYTE, offset(SEGMENT, "present"), (byte) 1);
    segment.set(JAVA_BYTE, offset(SEGMENT, "s"), (byte) 1);
    segment.set(JAVA_BYTE, offset(SEGMENT, "g"), (byte) 1);
    segment.set(JAVA_BYTE, offset(SEGMENT, code ? "l" : "db"), (byte) 1);
  }
}
