package dev.aerostat.cli.doctor;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.mapper.spi.HostTree;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory this process may lock: mappings of real devices count. Immutable.
 *
 * @param exempt whether no limit holds for it (CAP_IPC_LOCK)
 * @param softBytes RLIMIT_MEMLOCK, {@link Long#MAX_VALUE} for no limit; empty if unknown
 * @param hardBytes what it may raise that to, likewise
 */
public record LockLimit(boolean exempt, OptionalLong softBytes, OptionalLong hardBytes) {
  private static final Pattern CAPABILITIES = Pattern.compile("CapEff:\\s*([0-9a-f]{1,16})");
  private static final Pattern LIMIT = Pattern.compile("Max locked memory\\s+(\\S+)\\s+(\\S+)");
  private static final Pattern BYTES = Pattern.compile("[0-9]{1,18}");
  private static final int CAP_IPC_LOCK = 14;

  /**
   * Reads the limit of this process.
   *
   * @param host where its files are
   * @return what /proc/self has (proc(5))
   */
  public static LockLimit of(HostTree host) {
    return parse(
        host.text("/proc/self/status").orElse(""), host.text("/proc/self/limits").orElse(""));
  }

  static LockLimit parse(String status, String limits) {
    Matcher capabilities = CAPABILITIES.matcher(status);
    boolean exempt =
        capabilities.find()
            && (Long.parseUnsignedLong(capabilities.group(1), 16) >>> CAP_IPC_LOCK & 1) != 0;
    Matcher limit = LIMIT.matcher(limits);
    return limit.find()
        ? new LockLimit(exempt, bytes(limit.group(1)), bytes(limit.group(2)))
        : new LockLimit(exempt, OptionalLong.empty(), OptionalLong.empty());
  }

  private static OptionalLong bytes(String text) {
    if (text.equals("unlimited")) {
      return OptionalLong.of(Long.MAX_VALUE);
    }
    return BYTES.matcher(text).matches()
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  boolean allows(long bytes) {
    return exempt || softBytes.orElse(0) >= bytes;
  }

  boolean mayBeRaisedTo(long bytes) {
    return hardBytes.orElse(0) >= bytes;
  }

  /** Returns the limit as people read it. */
  @Override
  public String toString() {
    if (exempt) {
      return "no limit (CAP_IPC_LOCK)";
    }
    return softBytes.isEmpty()
        ? "unknown"
        : softBytes.getAsLong() == Long.MAX_VALUE
            ? "unlimited"
            : "%s (RLIMIT_MEMLOCK)".formatted(new ByteSize(softBytes.getAsLong()));
  }
}
