package dev.aerostat.mapper.vfio.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the IOMMU blocked, as the kernel's log has it (drivers/iommu/intel/dmar.c): a few lines in
 * five seconds at most.
 */
final class FaultLog {
  private static final Pattern FAULT =
      Pattern.compile(
          "DMAR: \\[DMA (Write|Read) NO_PASID\\] Request device \\[([0-9a-f:.]+)\\] fault addr"
              + " 0x([0-9a-f]+)");

  private final int linesBefore;

  private FaultLog(int linesBefore) {
    this.linesBefore = linesBefore;
  }

  /** Begins after what the log holds now. */
  static FaultLog fromNow() throws IOException {
    return new FaultLog(lines().size());
  }

  List<Fault> faults() throws IOException {
    return lines().stream()
        .skip(linesBefore)
        .map(FAULT::matcher)
        .filter(Matcher::find)
        .map(
            line ->
                new Fault(
                    line.group(1).equals("Write"),
                    line.group(2),
                    Long.parseUnsignedLong(line.group(3), 16) >>> 12))
        .toList();
  }

  private static List<String> lines() throws IOException {
    Process log = new ProcessBuilder("/bin/busybox", "dmesg").redirectErrorStream(true).start();
    try (var lines = log.inputReader(StandardCharsets.UTF_8)) {
      return lines.lines().toList();
    }
  }

  /**
   * A blocked access.
   *
   * @param write whether the device wanted to write
   * @param device its bus, slot and function
   * @param page the page that it aimed at
   */
  record Fault(boolean write, String device, long page) {}
}
