package dev.aerostat.vmm.kvm;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KvmLayoutsTest {
  private static final Path HEADER = Path.of("/usr/include/linux/kvm.h");
  private static final Path COMPILER = Path.of("/usr/bin/cc");

  @Test
  void fieldsLieWhereTheCompilerPutsThem(@TempDir Path directory) throws Exception {
    assumeTrue(
        Files.exists(HEADER) && Files.isExecutable(COMPILER),
        "SKIPPED: no C compiler (%s) or no kernel headers (%s)".formatted(COMPILER, HEADER));
    Map<String, Long> expected = expected();
    String program =
        expected.keySet().stream()
            .map("printf(\"%%ld\\n\", (long) (%s));"::formatted)
            .collect(
                joining(
                    "\n",
                    """
                    #include <stddef.h>
                    #include <stdio.h>
                    #include <linux/kvm.h>
                    int main(void) {
                    """,
                    "\nreturn 0; }\n"));
    Path source = Files.writeString(directory.resolve("layouts.c"), program);
    Path binary = directory.resolve("layouts");
    assertEquals("", output(COMPILER.toString(), "-o", binary.toString(), source.toString()));
    List<String> told = output(binary.toString()).lines().toList();
    int line = 0;
    for (Map.Entry<String, Long> fact : expected.entrySet()) {
      assertEquals(told.get(line++), fact.getValue().toString(), fact.getKey());
    }
  }

  /** What we say, by the C expression that it must equal. */
  private static Map<String, Long> expected() {
    var facts = new LinkedHashMap<String, Long>();
    for (StructLayout layout :
        List.of(
            KvmLayouts.MEMORY_REGION,
            KvmLayouts.IRQ_LEVEL,
            KvmLayouts.MSI,
            KvmLayouts.IRQFD,
            KvmLayouts.ROUTING_ENTRY,
            KvmLayouts.CREATE_DEVICE,
            KvmLayouts.DEVICE_ATTR,
            KvmLayouts.CPUID_ENTRY,
            KvmLayouts.REGS,
            KvmLayouts.SEGMENT,
            KvmLayouts.DESCRIPTOR_TABLE,
            KvmLayouts.MSR_ENTRY)) {
      String struct = layout.name().orElseThrow();
      facts.put("sizeof(struct %s)".formatted(struct), layout.byteSize());
      addFields(layout, struct, facts);
    }
    addFields(KvmLayouts.SREGS, "kvm_sregs", facts);
    facts.put("sizeof(struct kvm_sregs)", KvmLayouts.SREGS_BYTES);
    facts.put("sizeof(struct kvm_lapic_state)", KvmLayouts.LAPIC_BYTES);
    facts.put("sizeof(struct kvm_pit_config)", KvmLayouts.PIT_CONFIG_BYTES);
    facts.put("sizeof(struct kvm_cpuid2)", KvmLayouts.CPUID_HEADER_BYTES);
    facts.put("sizeof(struct kvm_msrs)", KvmLayouts.MSRS_HEADER_BYTES);
    facts.put("sizeof(struct kvm_irq_routing)", KvmLayouts.ROUTING_HEADER_BYTES);
    facts.put("sizeof(struct kvm_signal_mask)", KvmLayouts.SIGNAL_MASK_HEADER_BYTES);
    addRunArea(facts);
    return facts;
  }

  private static void addFields(StructLayout layout, String struct, Map<String, Long> facts) {
    for (MemoryLayout member : layout.memberLayouts()) {
      member
          .name()
          .ifPresent(
              field ->
                  facts.put(
                      "offsetof(struct %s, %s)".formatted(struct, field),
                      layout.byteOffset(PathElement.groupElement(field))));
    }
  }

  private static void addRunArea(Map<String, Long> facts) {
    Map<String, Integer> fields = new LinkedHashMap<>();
    fields.put("immediate_exit", RunArea.IMMEDIATE_EXIT);
    fields.put("exit_reason", RunArea.EXIT_REASON);
    fields.put("io.direction", RunArea.IO_DIRECTION);
    fields.put("io.size", RunArea.IO_SIZE);
    fields.put("io.port", RunArea.IO_PORT);
    fields.put("io.count", RunArea.IO_COUNT);
    fields.put("io.data_offset", RunArea.IO_DATA_OFFSET);
    fields.put("mmio.phys_addr", RunArea.MMIO_ADDRESS);
    fields.put("mmio.data", RunArea.MMIO_DATA);
    fields.put("mmio.len", RunArea.MMIO_LENGTH);
    fields.put("mmio.is_write", RunArea.MMIO_IS_WRITE);
    fields.put("fail_entry.hardware_entry_failure_reason", RunArea.DETAIL);
    fields.put("internal.suberror", RunArea.DETAIL);
    fields.forEach(
        (field, at) -> facts.put("offsetof(struct kvm_run, %s)".formatted(field), (long) at));
    facts.put("KVM_EXIT_IO", (long) RunArea.EXIT_IO);
    facts.put("KVM_EXIT_HLT", (long) RunArea.EXIT_HALT);
    facts.put("KVM_EXIT_MMIO", (long) RunArea.EXIT_MMIO);
    facts.put("KVM_EXIT_SHUTDOWN", (long) RunArea.EXIT_SHUTDOWN);
    facts.put("KVM_EXIT_FAIL_ENTRY", (long) RunArea.EXIT_FAIL_ENTRY);
    facts.put("KVM_EXIT_INTR", (long) RunArea.EXIT_INTERRUPTED);
    facts.put("KVM_EXIT_INTERNAL_ERROR", (long) RunArea.EXIT_INTERNAL_ERROR);
    facts.put("KVM_EXIT_SYSTEM_EVENT", (long) RunArea.EXIT_SYSTEM_EVENT);
    facts.put("KVM_CAP_NR_MEMSLOTS", KvmConstants.CAP_MEMORY_SLOTS);
    facts.put("KVM_CAP_IMMEDIATE_EXIT", KvmConstants.CAP_IMMEDIATE_EXIT);
    facts.put("KVM_DEV_TYPE_VFIO", (long) KvmConstants.DEVICE_TYPE_VFIO);
    facts.put("KVM_IRQFD_FLAG_DEASSIGN", (long) KvmConstants.IRQFD_DEASSIGN);
    facts.put("KVM_IRQFD_FLAG_RESAMPLE", (long) KvmConstants.IRQFD_RESAMPLE);
  }

  private static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }
}
