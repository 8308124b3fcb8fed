package dev.aerostat.cli.doctor;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.mapper.spi.HostTree;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Huge pages of one size that a host has reserved (Documentation/admin-guide/mm/hugetlbpage.rst).
 *
 * @param pageBytes how large one is
 * @param pages how many there are
 * @param freePages how many of them nobody uses
 */
record HugePagePool(long pageBytes, long pages, long freePages) {
  private static final String DIRECTORY = "/sys/kernel/mm/hugepages";
  private static final Pattern NAME = Pattern.compile("hugepages-([1-9][0-9]{0,8})kB");
  private static final long MOST_PAGES = 1L << 32;

  /** Returns those of a host, a size each; none if it has no huge pages, or does not tell. */
  static List<HugePagePool> all(HostTree host) {
    return host.names(DIRECTORY).stream()
        .map(NAME::matcher)
        .filter(Matcher::matches)
        .map(
            name ->
                new HugePagePool(
                    Long.parseLong(name.group(1)) << 10,
                    number(host, name.group() + "/nr_hugepages"),
                    number(host, name.group() + "/free_hugepages")))
        .toList();
  }

  private static long number(HostTree host, String file) {
    return Math.clamp(host.number(DIRECTORY + "/" + file).orElse(0), 0, MOST_PAGES);
  }

  long freeBytes() {
    return Math.min(freePages, Long.MAX_VALUE / pageBytes) * pageBytes;
  }

  @Override
  public String toString() {
    return "%,d of %,d of %s free".formatted(freePages, pages, new ByteSize(pageBytes));
  }
}
