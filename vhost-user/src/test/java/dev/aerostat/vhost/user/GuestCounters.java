package dev.aerostat.vhost.user;

import java.util.List;

/**
 * What a guest's kernel counts, page by page ({@code mm/balloon_compaction.c}, Linux 6.1).
 *
 * @param inflate pages that the driver put into its balloon
 * @param deflate pages that it took out
 * @param migrate pages that compaction exchanged for others: one inflate and one deflate each,
 *     which the other two do not count
 */
record GuestCounters(long inflate, long deflate, long migrate) {
  static GuestCounters of(List<String> vmstat) {
    return new GuestCounters(
        value(vmstat, "balloon_inflate"),
        value(vmstat, "balloon_deflate"),
        value(vmstat, "balloon_migrate"));
  }

  private static long value(List<String> vmstat, String name) {
    return vmstat.stream()
        .filter(line -> line.startsWith(name + ' '))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no %s in %s".formatted(name, vmstat)));
  }

  /** Pages in inflate messages. */
  long told() {
    return inflate + migrate;
  }

  /** Pages in deflate messages. */
  long asked() {
    return deflate + migrate;
  }

  /** Pages in the balloon. */
  long held() {
    return inflate - deflate;
  }
}
