package dev.aerostat.cli.doctor;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.mapper.spi.HostExamination;
import dev.aerostat.mapper.spi.HostFinding;
import dev.aerostat.mapper.spi.HostTree;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Whether this process gets as much memory as the guest has, and may lock all of it. */
final class MemoryFindings {
  private static final long GIB = 1L << 30;

  private final HostTree host;
  private final long wanted;

  private MemoryFindings(HostTree host, long wanted) {
    this.host = host;
    this.wanted = wanted;
  }

  static Stream<HostFinding> of(HostExamination examination) {
    var memory = new MemoryFindings(examination.host(), examination.ramBytes());
    return Stream.of(memory.locked(), memory.available(), memory.group(), memory.committed());
  }

  private HostFinding locked() {
    LockLimit limit = LockLimit.of(host);
    if (limit.allows(wanted)) {
      return HostFinding.ok("memlock", limit.toString());
    }
    String cost = "the map that goes beyond the limit fails with ENOMEM: all of a guest is locked";
    if (limit.softBytes().isEmpty()) {
      return HostFinding.unknown(
          "memlock", "/proc/self/limits does not tell it", cost, List.of("ulimit -l"));
    }
    return HostFinding.missing(
        "memlock",
        "%s, and the guest has %s".formatted(limit, size(wanted)),
        cost,
        limit.mayBeRaisedTo(wanted)
            ? List.of("ulimit -l " + (wanted >> 10))
            : List.of(
                "sudo prlimit --pid $$ --memlock=unlimited",
                "echo \"$USER - memlock unlimited\" | sudo tee"
                    + " /etc/security/limits.d/aerostat.conf"));
  }

  private HostFinding available() {
    MemoryInfo info = MemoryInfo.of(host, "/proc/meminfo");
    OptionalLong available = info.bytes("MemAvailable");
    OptionalLong total = info.bytes("MemTotal");
    if (available.isEmpty() || total.isEmpty()) {
      return HostFinding.unknown(
          "memory",
          "/proc/meminfo does not tell how much is available",
          "a guest that is larger cannot run: all of its memory is pinned",
          List.of("free -h"));
    }
    boolean inHugePages =
        HugePagePool.all(host).stream().anyMatch(pool -> pool.freeBytes() >= wanted);
    if (available.getAsLong() >= wanted || inHugePages) {
      return HostFinding.ok(
          "memory",
          "%s of %s available".formatted(size(available.getAsLong()), size(total.getAsLong())));
    }
    return HostFinding.missing(
        "memory",
        "%s of %s available, and the guest has %s"
            .formatted(size(available.getAsLong()), size(total.getAsLong()), size(wanted)),
        "the host runs out of memory: all of a guest's is populated and pinned",
        List.of(
            total.getAsLong() > wanted || available.getAsLong() < GIB
                ? "ps -eo rss,args --sort=-rss | head"
                : "aerostat doctor --memory %dG".formatted(available.getAsLong() / GIB)));
  }

  private HostFinding group() {
    return MemoryGroup.of(host)
        .map(
            group ->
                group.limitBytes() >= wanted
                    ? HostFinding.ok("cgroup", group.toString())
                    : HostFinding.missing(
                        "cgroup",
                        "%s, and the guest has %s".formatted(group, size(wanted)),
                        "the kernel kills the VMM when it has populated that much",
                        List.of(group.howToLift())))
        .orElseGet(() -> HostFinding.ok("cgroup", "sets this process no limit on memory"));
  }

  /** Only where the host promises no more than it has. */
  private HostFinding committed() {
    OptionalLong mode = host.number("/proc/sys/vm/overcommit_memory");
    MemoryInfo info = MemoryInfo.of(host, "/proc/meminfo");
    OptionalLong limit = info.bytes("CommitLimit");
    OptionalLong committed = info.bytes("Committed_AS");
    if (mode.isEmpty()) {
      return HostFinding.unknown(
          "overcommit",
          "/proc/sys/vm/overcommit_memory does not tell it",
          "with 2, a host refuses a guest's memory where it has promised much to others",
          List.of("sysctl vm.overcommit_memory"));
    }
    if (mode.getAsLong() != 2 || limit.isEmpty() || committed.isEmpty()) {
      return HostFinding.ok("overcommit", "vm.overcommit_memory is " + mode.getAsLong());
    }
    long left = Math.max(0, limit.getAsLong() - committed.getAsLong());
    return left >= wanted
        ? HostFinding.ok("overcommit", "%s left to promise".formatted(size(left)))
        : HostFinding.missing(
            "overcommit",
            "vm.overcommit_memory is 2, with %s left to promise".formatted(size(left)),
            "the host refuses the guest's memory",
            List.of("sudo sysctl vm.overcommit_memory=0"));
  }

  private static String size(long bytes) {
    return new ByteSize(bytes).toString();
  }
}
