package dev.aerostat.vmm.kvm;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.stream.Stream;

/** Structures of KVM (linux/kvm.h, asm/kvm.h), with the kernel's own field names. */
final class KvmLayouts {
  static final StructLayout MEMORY_REGION =
      structLayout(
              JAVA_INT.withName("slot"),
              JAVA_INT.withName("flags"),
              JAVA_LONG.withName("guest_phys_addr"),
              JAVA_LONG.withName("memory_size"),
              JAVA_LONG.withName("userspace_addr"))
          .withName("kvm_userspace_memory_region");

  static final StructLayout IRQ_LEVEL =
      structLayout(JAVA_INT.withName("irq"), JAVA_INT.withName("level")).withName("kvm_irq_level");

  static final StructLayout MSI =
      structLayout(
              JAVA_INT.withName("address_lo"),
              JAVA_INT.withName("address_hi"),
              JAVA_INT.withName("data"),
              JAVA_INT.withName("flags"),
              paddingLayout(16))
          .withName("kvm_msi");

  static final StructLayout IRQFD =
      structLayout(
              JAVA_INT.withName("fd"),
              JAVA_INT.withName("gsi"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("resamplefd"),
              paddingLayout(16))
          .withName("kvm_irqfd");

  /** With the part of its union that an interrupt controller's pin needs, named as the union is. */
  static final StructLayout ROUTING_ENTRY =
      structLayout(
              JAVA_INT.withName("gsi"),
              JAVA_INT.withName("type"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("pad"),
              MemoryLayout.sequenceLayout(8, JAVA_INT).withName("u"))
          .withName("kvm_irq_routing_entry");

  static final StructLayout CREATE_DEVICE =
      structLayout(JAVA_INT.withName("type"), JAVA_INT.withName("fd"), JAVA_INT.withName("flags"))
          .withName("kvm_create_device");

  static final StructLayout DEVICE_ATTR =
      structLayout(
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("group"),
              JAVA_LONG.withName("attr"),
              JAVA_LONG.withName("addr"))
          .withName("kvm_device_attr");

  static final StructLayout CPUID_ENTRY =
      structLayout(
              Stream.concat(
                      Stream.of("function", "index", "flags", "eax", "ebx", "ecx", "edx")
                          .map(JAVA_INT::withName),
                      Stream.of(paddingLayout(12)))
                  .toArray(MemoryLayout[]::new))
          .withName("kvm_cpuid_entry2");

  static final StructLayout REGS =
      structLayout(
              Stream.of(
                      "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8", "r9", "r10",
                      "r11", "r12", "r13", "r14", "r15", "rip", "rflags")
                  .map(JAVA_LONG::withName)
                  .toArray(MemoryLayout[]::new))
          .withName("kvm_regs");

  static final StructLayout SEGMENT =
      structLayout(
              JAVA_LONG.withName("base"),
              JAVA_INT.withName("limit"),
              JAVA_SHORT.withName("selector"),
              JAVA_BYTE.withName("type"),
              JAVA_BYTE.withName("present"),
              JAVA_BYTE.withName("dpl"),
              JAVA_BYTE.withName("db"),
              JAVA_BYTE.withName("s"),
              JAVA_BYTE.withName("l"),
              JAVA_BYTE.withName("g"),
              JAVA_BYTE.withName("avl"),
              JAVA_BYTE.withName("unusable"),
              paddingLayout(1))
          .withName("kvm_segment");

  static final StructLayout DESCRIPTOR_TABLE =
      structLayout(JAVA_LONG.withName("base"), JAVA_SHORT.withName("limit"), paddingLayout(6))
          .withName("kvm_dtable");

  /** All of it but the last field, a bitmap of interrupts. */
  static final StructLayout SREGS =
      structLayout(
              SEGMENT.withName("cs"),
              SEGMENT.withName("ds"),
              SEGMENT.withName("es"),
              SEGMENT.withName("fs"),
              SEGMENT.withName("gs"),
              SEGMENT.withName("ss"),
              SEGMENT.withName("tr"),
              SEGMENT.withName("ldt"),
              DESCRIPTOR_TABLE.withName("gdt"),
              DESCRIPTOR_TABLE.withName("idt"),
              JAVA_LONG.withName("cr0"),
              JAVA_LONG.withName("cr2"),
              JAVA_LONG.withName("cr3"),
              JAVA_LONG.withName("cr4"),
              JAVA_LONG.withName("cr8"),
              JAVA_LONG.withName("efer"),
              JAVA_LONG.withName("apic_base"))
          .withName("kvm_sregs");

  static final StructLayout MSR_ENTRY =
      structLayout(
              JAVA_INT.withName("index"), JAVA_INT.withName("reserved"), JAVA_LONG.withName("data"))
          .withName("kvm_msr_entry");

  static final long SREGS_BYTES = SREGS.byteSize() + 4 * Long.BYTES;

  // Of structures that end with an array: what comes before it.
  static final long CPUID_HEADER_BYTES = 8;
  static final long MSRS_HEADER_BYTES = 8;
  static final long ROUTING_HEADER_BYTES = 8;
  static final long SIGNAL_MASK_HEADER_BYTES = 4;

  /** struct kvm_lapic_state: the registers of a local APIC, as memory would show them. */
  static final long LAPIC_BYTES = 1024;

  /** struct kvm_pit_config: flags, then padding. */
  static final long PIT_CONFIG_BYTES = 64;

  private KvmLayouts() {}

  /** Returns where a field begins, in bytes; each further name is a field of the one before it. */
  static long offset(StructLayout structure, String... fields) {
    return structure.byteOffset(
        Stream.of(fields).map(PathElement::groupElement).toArray(PathElement[]::new));
  }
}
