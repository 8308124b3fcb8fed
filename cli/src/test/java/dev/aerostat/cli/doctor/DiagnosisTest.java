package dev.aerostat.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.mapper.spi.HostFinding;
import dev.aerostat.mapper.spi.HostFinding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found on hosts that are a directory of files. None may make it throw, or wait. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class DiagnosisTest {
  private static final String LIMITS = "proc/self/limits";
  private static final String CGROUP = "sys/fs/cgroup/user.slice/";

  @TempDir private Path root = Path.of("");
  private PretendedHost host = new PretendedHost(Path.of(""));

  @BeforeEach
  void aGoodHost() throws IOException {
    host = PretendedHost.good(root);
  }

  @Test
  void aHostThatWantsForNothingIsToldSoAndOnlyTheGuestCannotBeSeen() {
    Diagnosis diagnosis = host.diagnosis(200);
    assertEquals(Optional.empty(), diagnosis.failure());
    assertEquals(
        List.of("guest, init_on_alloc", "guest, balloon driver", "guest, memhp_default_state"),
        diagnosis.entries().stream()
            .map(Diagnosis.Entry::finding)
            .filter(finding -> finding.verdict() != Verdict.OK)
            .map(HostFinding::subject)
            .toList());
  }

  @Test
  void whereNothingIsAtAllWhatBlocksIsMissingAndTheRestUnknown(@TempDir Path empty) {
    Diagnosis diagnosis = new PretendedHost(empty).diagnosis(8);
    assertEquals(
        "async DMA map cannot work here for a guest of 8 GiB: missing: IOMMU, VFIO",
        diagnosis.failure().orElseThrow());
    assertEquals(Verdict.MISSING, diagnosis.entries().getFirst().finding().verdict());
    for (String subject : List.of("kernel", "memlock", "memory", "overcommit", "NUMA", "THP")) {
      assertEquals(Verdict.UNKNOWN, found(diagnosis, subject).verdict(), subject);
    }
  }

  @Test
  void whatBlocksComesFirst() throws IOException {
    host.write(PretendedHost.THP + "enabled", "always madvise [never]\n");
    host.write(LIMITS, "Max locked memory         8388608  8388608  bytes\n");
    List<Verdict> verdicts =
        host.diagnosis(200).entries().stream().map(entry -> entry.finding().verdict()).toList();
    assertEquals(verdicts.stream().sorted().toList(), verdicts);
    assertEquals(
        List.of(Verdict.MISSING, Verdict.WARNING, Verdict.UNKNOWN, Verdict.OK),
        verdicts.stream().distinct().toList());
  }

  @Test
  void aGroupThatIsNotViableBlocksByTheDeviceThatTheHostHolds() throws IOException {
    host.device("0000:00:05.1", 7, "e1000e");
    Diagnosis diagnosis = host.diagnosis(8);
    assertEquals(
        "async DMA map cannot work here for a guest of 8 GiB: missing: device 0000:00:05.0",
        diagnosis.failure().orElseThrow());
    assertTrue(found(diagnosis, "device 0000:00:05.0").fact().contains("0000:00:05.1 (e1000e)"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          8388608      | 8388608      | MISSING | sudo prlimit --pid $$ --memlock=unlimited
          8388608      | unlimited    | MISSING | ulimit -l 8388608
          8388608      | 8589934592   | MISSING | ulimit -l 8388608
          8388608      | 8589934591   | MISSING | sudo prlimit --pid $$ --memlock=unlimited
          8589934591   | 8589934591   | MISSING | sudo prlimit --pid $$ --memlock=unlimited
          8589934592   | 8589934592   | OK      |
          unlimited    | unlimited    | OK      |
          much         | more         | UNKNOWN | ulimit -l
          -1           | -1           | UNKNOWN | ulimit -l
          99999999999999999999 | 0    | UNKNOWN | ulimit -l
          """)
  void whatMayBeLockedIsComparedWithAllOfTheGuest(
      String soft, String hard, Verdict verdict, String command) throws IOException {
    host.write(LIMITS, "Max locked memory         %s  %s  bytes\n".formatted(soft, hard));
    HostFinding memlock = found(host.diagnosis(8), "memlock");
    assertEquals(verdict, memlock.verdict(), memlock::toString);
    assertEquals(
        Optional.ofNullable(command), memlock.commands().stream().findFirst(), memlock::toString);
  }

  @Test
  void aProcessWithTheCapabilityMayLockAll() throws IOException {
    host.write(LIMITS, "Max locked memory         0  0  bytes\n");
    host.write("proc/self/status", "CapEff:\t0000000000004000\n");
    assertEquals("no limit (CAP_IPC_LOCK)", found(host.diagnosis(8), "memlock").fact());
  }

  @Test
  void aGuestLargerThanTheHostIsToldWhichWouldFit() {
    assertFound(
        600, Verdict.MISSING, "memory", "500 GiB of 512 GiB", "aerostat doctor --memory 500G");
  }

  @Test
  void aGuestForWhichThereIsNoRoomNowIsToldWhoHasIt() throws IOException {
    host.memory(512, 40);
    assertFound(
        100, Verdict.MISSING, "memory", "40 GiB of 512 GiB", "ps -eo rss,args --sort=-rss | head");
  }

  @Test
  void memoryReservedAsHugePagesIsNotAvailableToOthersAndStillEnough() throws IOException {
    host.memory(512, 40);
    host.write("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "51200\n");
    assertEquals(Verdict.OK, found(host.diagnosis(100), "memory").verdict());
  }

  @Test
  void theControlGroupThatLimitsMostIsNamedWithHowToLiftIt() throws IOException {
    host.write(CGROUP + "memory.max", "4294967296\n");
    assertFound(
        8,
        Verdict.MISSING,
        "cgroup",
        "4 GiB in /sys/fs/cgroup/user.slice/memory.max, and the guest has 8 GiB",
        "echo max | sudo tee /sys/fs/cgroup/user.slice/memory.max");
    assertFound(2, Verdict.OK, "cgroup", "4 GiB in /sys/fs/cgroup/user.slice/memory.max");
    host.write(CGROUP + "vmm.scope/memory.max", "1073741824\n");
    assertFound(2, Verdict.MISSING, "cgroup", "1 GiB in /sys/fs/cgroup/user.slice/vmm.scope/");
  }

  @Test
  void aControlGroupOfVersion1IsReadToo() throws IOException {
    host.write("proc/self/cgroup", "5:devices:/\n4:cpu,memory:/vmm\n0::/\n");
    host.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assertFound(8, Verdict.OK, "cgroup", "no limit");
    host.write("sys/fs/cgroup/memory/vmm/memory.limit_in_bytes", "1073741824\n");
    assertFound(
        8,
        Verdict.MISSING,
        "cgroup",
        "1 GiB",
        "echo -1 | sudo tee /sys/fs/cgroup/memory/vmm/memory.limit_in_bytes");
  }

  @Test
  void theNameOfAControlGroupIsNoCommandOfAShell() throws IOException {
    host.write("proc/self/cgroup", "0::/a b;'$(reboot)'\n");
    host.write("sys/fs/cgroup/a b;'$(reboot)'/memory.max", "1\n");
    assertFound(
        8,
        Verdict.MISSING,
        "cgroup",
        "1 byte",
        "echo max | sudo tee '/sys/fs/cgroup/a b;'\\''$(reboot)'\\''/memory.max'");
  }

  @Test
  void hugePagesOfNoSizeOrTooManyAreNoReasonToFail() throws IOException {
    for (String size : List.of("0", "00", "999999999", "1048576")) {
      String pool = "sys/kernel/mm/hugepages/hugepages-%skB/".formatted(size);
      host.write(pool + "nr_hugepages", Long.MAX_VALUE + "\n");
      host.write(pool + "free_hugepages", Long.MAX_VALUE + "\n");
    }
    assertFound(600, Verdict.OK, "memory", "500 GiB of 512 GiB");
    assertFound(8, Verdict.OK, "huge pages", "of 1 GiB free");
  }

  @Test
  void aHostThatPromisesNoMoreThanItHasMayRefuse() throws IOException {
    host.write("proc/sys/vm/overcommit_memory", "2\n");
    assertFound(500, Verdict.OK, "overcommit", "510 GiB left");
    assertFound(
        511, Verdict.MISSING, "overcommit", "510 GiB left", "sudo sysctl vm.overcommit_memory=0");
  }

  @Test
  void aGuestThatNoNodeHoldsLiesOnSeveral() {
    assertFound(300, Verdict.WARNING, "NUMA", "node 0 has 250 GiB free, node 1 has 250 GiB free");
    assertFound(250, Verdict.OK, "NUMA", "node 0 has 250 GiB free");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          enabled       | always madvise [never]         | THP         | WARNING | echo madvise
          enabled       | [always] madvise never         | THP         | OK      |
          defrag        | always defer madvise [never]   | THP         | WARNING | echo madvise
          shmem_enabled | always advise [never] deny     | THP, shared | WARNING | echo advise
          shmem_enabled | always advise never [deny]     | THP, shared | WARNING | echo advise
          shmem_enabled | [within_size] never            | THP, shared | OK      |
          enabled       | of no sense                    | THP         | UNKNOWN | cat
          """)
  void hugePagesThatTheHostDoesNotGiveCostTime(
      String file, String text, String subject, Verdict verdict, String command)
      throws IOException {
    host.write(PretendedHost.THP + file, text);
    HostFinding finding = found(host.diagnosis(8), subject);
    assertEquals(verdict, finding.verdict(), finding::toString);
    if (command != null) {
      assertTrue(finding.commands().getFirst().startsWith(command), finding::toString);
      assertTrue(finding.commands().getFirst().endsWith("/" + file), finding::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "5.4.0-generic, MISSING",
    "5.10.0, WARNING",
    "5.13.19, WARNING",
    "5.14.0, OK",
    "6.13-rc1, OK",
    "10.0, OK",
    "99999.1, UNKNOWN",
    "Darwin, UNKNOWN"
  })
  void theKernelsVersionSaysWhatItLacks(String release, Verdict verdict) throws IOException {
    host.write("proc/sys/kernel/osrelease", release + "\n");
    assertEquals(verdict, found(host.diagnosis(8), "kernel").verdict());
  }

  @Test
  void guestsRunWithoutKvmButSlowly() throws IOException {
    host.forbid("dev/kvm");
    assertFound(8, Verdict.WARNING, "KVM", "may not", "sudo usermod -aG kvm \"$USER\"");
    host.remove("dev/kvm");
    assertFound(8, Verdict.WARNING, "KVM", "no /dev/kvm", "sudo modprobe kvm_intel");
    host.write("proc/cpuinfo", "vendor_id\t: AuthenticAMD\n");
    assertFound(8, Verdict.WARNING, "KVM", "no /dev/kvm", "sudo modprobe kvm_amd");
    assertEquals(Optional.empty(), host.diagnosis(8).failure());
  }

  /** Each file in turn, which is then no file, a pipe that nobody writes, or full of nonsense. */
  @ParameterizedTest
  @ValueSource(strings = {"absent", "directory", "pipe", "nonsense", "minus", "escapes", "long"})
  void noFileOfAHostMakesItThrowOrWait(String kind) throws IOException, InterruptedException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    assertFalse(files.isEmpty());
    for (Path file : files) {
      byte[] before = Files.readAllBytes(file);
      spoil(file, kind);
      String text = DiagnosisText.of(host.diagnosis(8));
      assertAll(
          file.toString(),
          () -> assertTrue(text.contains("verdict"), text),
          () -> assertTrue(text.length() < 10_000, text),
          () -> assertFalse(text.contains("\u001b"), text),
          () -> assertFalse(text.contains("broken"), text));
      Files.deleteIfExists(file);
      Files.write(file, before);
    }
  }

  private void spoil(Path file, String kind) throws IOException, InterruptedException {
    Files.delete(file);
    switch (kind) {
      case "absent" -> {}
      case "directory" -> Files.createDirectory(file);
      case "pipe" -> host.pipe(file);
      case "nonsense" -> Files.write(file, new byte[] {0, -1, 0x5b, (byte) 0x80, 0x5d, 10, 58});
      case "minus" -> Files.writeString(file, "-9223372036854775808\n");
      case "escapes" -> Files.writeString(file, "0::/\u001b[2J\0\n[\u001b]\n6.\u001b[2J\n");
      case "long" -> Files.writeString(file, "6.12".repeat(300_000));
      default -> throw new IllegalArgumentException(kind);
    }
  }

  @Test
  void whatIsToldIsBoundedHoweverManyGroupsThereAre() throws IOException {
    for (int group = 8; group < 8 + 4096; group++) {
      Files.createDirectory(root.resolve("sys/kernel/iommu_groups/" + group));
    }
    String text = DiagnosisText.of(host.diagnosis(8));
    assertTrue(text.contains("on, 4097 groups"), text);
    assertTrue(text.lines().count() < 100, text);
  }

  private void assertFound(
      int gib, Verdict verdict, String subject, String fact, String... commands) {
    HostFinding finding = found(host.diagnosis(gib), subject);
    assertEquals(verdict, finding.verdict(), finding::toString);
    assertTrue(finding.fact().contains(fact), finding::toString);
    assertTrue(finding.commands().containsAll(List.of(commands)), finding::toString);
  }

  private static HostFinding found(Diagnosis diagnosis, String subject) {
    return diagnosis.entries().stream()
        .map(Diagnosis.Entry::finding)
        .filter(finding -> finding.subject().equals(subject))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no %s in %s".formatted(subject, diagnosis)));
  }
}
