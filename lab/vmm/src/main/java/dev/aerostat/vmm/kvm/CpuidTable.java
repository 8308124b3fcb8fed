package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.kvm.KvmLayouts.CPUID_ENTRY;
import static dev.aerostat.vmm.kvm.KvmLayouts.CPUID_HEADER_BYTES;
import static dev.aerostat.vmm.kvm.KvmLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * What the instruction CPUID returns for a processor (Intel SDM volume 2A; AMD APM volume 3,
 * appendix E). Immutable.
 *
 * @param entries a leaf, or one of its parts, each
 */
record CpuidTable(List<Leaf> entries) {
  CpuidTable {
    entries = List.copyOf(entries);
  }

  /** Allocates a {@code struct kvm_cpuid2} with room for some entries. */
  static MemorySegment room(int entries, Arena arena) {
    return arena.allocate(CPUID_HEADER_BYTES + entries * CPUID_ENTRY.byteSize(), Long.BYTES);
  }

  /** Reads a {@code struct kvm_cpuid2}. */
  static CpuidTable read(MemorySegment table) {
    var entries = new ArrayList<Leaf>();
    for (int i = 0; i < table.get(JAVA_INT, 0); i++) {
      entries.add(Leaf.read(entry(table, i)));
    }
    return new CpuidTable(entries);
  }

  /** Writes it as a {@code struct kvm_cpuid2}. */
  MemorySegment write(Arena arena) {
    MemorySegment table = room(entries.size(), arena);
    table.set(JAVA_INT, 0, entries.size());
    for (int i = 0; i < entries.size(); i++) {
      entries.get(i).write(entry(table, i));
    }
    return table;
  }

  private static MemorySegment entry(MemorySegment table, int index) {
    return table.asSlice(
        CPUID_HEADER_BYTES + index * CPUID_ENTRY.byteSize(), CPUID_ENTRY.byteSize());
  }

  /**
   * Returns what one of several processors is to tell: the host's own numbers and topology would
   * mislead the guest.
   *
   * @param id its number, which is that of its local APIC, too
   * @param count how many there are: one package, cores without threads
   */
  CpuidTable ofProcessor(int id, int count) {
    var told = new ArrayList<Leaf>();
    for (Leaf leaf : entries) {
      if (leaf.function() != Leaf.TOPOLOGY && leaf.function() != Leaf.TOPOLOGY_V2) {
        told.add(leaf.ofProcessor(id, count));
      }
    }
    told.add(new Leaf(Leaf.TOPOLOGY, 0, Leaf.HAS_INDEX, 0, 1, Leaf.LEVEL_THREAD, id));
    told.add(
        new Leaf(Leaf.TOPOLOGY, 1, Leaf.HAS_INDEX, bits(count), count, Leaf.LEVEL_CORE | 1, id));
    return new CpuidTable(told);
  }

  /** How many bits the numbers of so many processors take. */
  private static int bits(int count) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
  }

  /**
   * A leaf, or one of its parts.
   *
   * @param function what EAX is before the instruction
   * @param index what ECX is before it, if that matters
   * @param flags whether it does
   * @param eax what EAX is after it
   * @param ebx what EBX is after it
   * @param ecx what ECX is after it
   * @param edx what EDX is after it
   */
  record Leaf(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {
    static final int FEATURES = 1;
    static final int INTEL_CACHES = 4;
    static final int TOPOLOGY = 0xb;
    static final int TOPOLOGY_V2 = 0x1f;
    static final int AMD_SIZES = 0x8000_0008;
    static final int AMD_TOPOLOGY = 0x8000_001e;

    /** KVM_CPUID_FLAG_SIGNIFCANT_INDEX. */
    static final int HAS_INDEX = 1;

    /** Of leaf 0xb in ECX: what the part describes. */
    static final int LEVEL_THREAD = 1 << 8;

    static final int LEVEL_CORE = 2 << 8;

    /** Of leaf 1 in ECX: the local APIC's timer by TSC, which KVM has with its own local APIC. */
    private static final int TSC_DEADLINE = 1 << 24;

    private static final int HYPERVISOR = 1 << 31;

    /** Of leaf 1 in EDX: there is more than one processor in the package. */
    private static final int MULTITHREADING = 1 << 28;

    static Leaf read(MemorySegment entry) {
      return new Leaf(
          get(entry, "function"),
          get(entry, "index"),
          get(entry, "flags"),
          get(entry, "eax"),
          get(entry, "ebx"),
          get(entry, "ecx"),
          get(entry, "edx"));
    }

    private static int get(MemorySegment entry, String field) {
      return entry.get(JAVA_INT, offset(CPUID_ENTRY, field));
    }

    void write(MemorySegment entry) {
      entry.set(JAVA_INT, offset(CPUID_ENTRY, "function"), function);
      entry.set(JAVA_INT, offset(CPUID_ENTRY, "index"), index);
      entry.set(JAVA_INT, offset(CPUID_ENTRY, "flags"), flags);
      entry.set(JAVA_INT, offset(CPUID_ENTRY, "eax"), eax);
      entry.set(JAVA_INT, offset(CPUID_ENTRY, "ebx"), ebx);
      entry.set(JAVA_INT, offset(CPUID_ENTRY, "ecx"), ecx);
      entry.set(JAVA_INT, offset(CPUID_ENTRY, "edx"), edx);
    }

    Leaf ofProcessor(int id, int count) {
      return switch (function) {
        case FEATURES ->
            with(
                eax,
                (ebx & 0xffff) | count << 16 | id << 24,
                ecx | TSC_DEADLINE | HYPERVISOR,
                count > 1 ? edx | MULTITHREADING : edx & ~MULTITHREADING);
        case INTEL_CACHES -> with((eax & 0x3fff) | (count - 1) << 26, ebx, ecx, edx);
        case AMD_SIZES -> with(eax, ebx, (ecx & ~0xf0ff) | bits(count) << 12 | (count - 1), edx);
        case AMD_TOPOLOGY -> with(id, id, 0, edx);
        default -> this;
      };
    }

    private Leaf with(int newEax, int newEbx, int newEcx, int newEdx) {
      return new Leaf(function, index, flags, newEax, newEbx, newEcx, newEdx);
    }
  }
}
