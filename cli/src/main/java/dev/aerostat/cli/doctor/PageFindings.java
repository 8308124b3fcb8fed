package dev.aerostat.cli.doctor;

import static java.util.stream.Collectors.joining;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.mapper.spi.HostExamination;
import dev.aerostat.mapper.spi.HostFinding;
import dev.aerostat.mapper.spi.HostTree;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where a guest's pages lie, and how large they are: what decides how fast they are mapped. */
final class PageFindings {
  private static final String TRANSPARENT = "/sys/kernel/mm/transparent_hugepage/";
  private static final String NODES = "/sys/devices/system/node";
  private static final Pattern NODE = Pattern.compile("node([0-9]{1,6})");

  /** The setting in force stands in brackets: {@code always [madvise] never}. */
  private static final Pattern IN_FORCE = Pattern.compile("\\[([a-z_+]{1,20})\\]");

  private static final int MOST_NODES = 8;

  /** Populated memory of 16 GiB, Linux 6.16: 0.28 s in pages of 4 KiB, 0.047 s in huge ones. */
  private static final String SMALL_PAGES = "is mapped in pages of 4 KiB, six times slower";

  private final HostTree host;
  private final long wanted;

  private PageFindings(HostTree host, long wanted) {
    this.host = host;
    this.wanted = wanted;
  }

  static Stream<HostFinding> of(HostExamination examination) {
    var pages = new PageFindings(examination.host(), examination.ramBytes());
    return Stream.of(pages.nodes(), pages.anonymous(), pages.shared(), pages.reserved());
  }

  /**
   * A NUMA node.
   *
   * @param number its number
   * @param freeBytes its memory that nobody uses
   */
  private record Node(int number, long freeBytes) {
    @Override
    public String toString() {
      return "node %d has %s free".formatted(number, new ByteSize(freeBytes));
    }
  }

  private HostFinding nodes() {
    List<Node> nodes =
        host.names(NODES).stream()
            .map(NODE::matcher)
            .filter(Matcher::matches)
            .flatMap(name -> node(Integer.parseInt(name.group(1))))
            .sorted(Comparator.comparingInt(Node::number))
            .toList();
    if (nodes.isEmpty()) {
      return HostFinding.unknown(
          "NUMA", NODES + " does not tell of nodes with memory", "", List.of("numactl --hardware"));
    }
    String all =
        nodes.stream().limit(MOST_NODES).map(Node::toString).collect(joining(", "))
            + (nodes.size() > MOST_NODES
                ? ", and there are %d more".formatted(nodes.size() - MOST_NODES)
                : "");
    return nodes.size() == 1 || nodes.stream().anyMatch(node -> node.freeBytes() >= wanted)
        ? HostFinding.ok("NUMA", all)
        : HostFinding.warning(
            "NUMA",
            all,
            "the guest lies on several nodes: its CPUs and its device reach some of it slower",
            List.of("numactl --hardware"));
  }

  private Stream<Node> node(int number) {
    return MemoryInfo.of(host, "%s/node%d/meminfo".formatted(NODES, number))
        .bytes("MemFree")
        .stream()
        .mapToObj(free -> new Node(number, free));
  }

  private HostFinding anonymous() {
    String enabled = inForce("enabled");
    String defrag = inForce("defrag");
    if (enabled.isEmpty()) {
      return untold("THP", "enabled");
    }
    if (enabled.equals("never")) {
      return HostFinding.warning(
          "THP", "never", "a guest's memory " + SMALL_PAGES, setting("enabled", "madvise"));
    }
    return defrag.equals("never")
        ? HostFinding.warning(
            "THP",
            enabled + ", but the host makes no room for them (defrag: never)",
            "where memory is fragmented it " + SMALL_PAGES,
            setting("defrag", "madvise"))
        : HostFinding.ok("THP", "%s, defrag %s".formatted(enabled, defrag));
  }

  private HostFinding shared() {
    String enabled = inForce("shmem_enabled");
    if (enabled.isEmpty()) {
      return untold("THP, shared", "shmem_enabled");
    }
    return enabled.equals("never") || enabled.equals("deny")
        ? HostFinding.warning(
            "THP, shared",
            enabled,
            "memory shared with another process, as vhost-user has it, " + SMALL_PAGES,
            setting("shmem_enabled", "advise"))
        : HostFinding.ok("THP, shared", enabled);
  }

  private String inForce(String file) {
    Matcher setting = IN_FORCE.matcher(host.text(TRANSPARENT + file).orElse(""));
    return setting.find() ? setting.group(1) : "";
  }

  private static HostFinding untold(String subject, String file) {
    return HostFinding.unknown(
        subject,
        "%s%s does not tell it, as where the kernel has no huge pages".formatted(TRANSPARENT, file),
        "without, a guest's memory " + SMALL_PAGES,
        List.of("cat " + TRANSPARENT + file));
  }

  private static List<String> setting(String file, String value) {
    return List.of("echo %s | sudo tee %s%s".formatted(value, TRANSPARENT, file));
  }

  private HostFinding reserved() {
    List<HugePagePool> pools = HugePagePool.all(host);
    return HostFinding.ok(
        "huge pages",
        pools.isEmpty()
            ? "none reserved"
            : pools.stream().map(HugePagePool::toString).collect(joining(", ")));
  }
}
