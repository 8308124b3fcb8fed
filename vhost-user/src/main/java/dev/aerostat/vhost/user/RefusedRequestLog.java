package dev.aerostat.vhost.user;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Logs refused requests: of each kind the first ten, then the 16th, the 32nd and so on with their
 * number, so that no front end fills the host's disk. One for all sessions of a server: a front end
 * can connect as often as it likes. Safe for use by any thread.
 */
final class RefusedRequestLog {
  private static final int ALL_OF_FIRST = 10;

  /** Requests that are known, kicks and unknown requests: so there are few. */
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

  private final Consumer<String> lines;

  /** Creates a log that warns. */
  RefusedRequestLog() {
    System.Logger logger = System.getLogger("dev.aerostat.vhost.user");
    this(line -> logger.log(Level.WARNING, line));
  }

  /**
   * Creates a log without an entry.
   *
   * @param lines takes each line
   */
  RefusedRequestLog(Consumer<String> lines) {
    this.lines = lines;
  }

  void refused(String kind, String why) {
    long count = counts.computeIfAbsent(kind, _ -> new AtomicLong()).incrementAndGet();
    if (count <= ALL_OF_FIRST) {
      lines.accept("%s is refused: %s".formatted(kind, why));
    } else if (Long.bitCount(count) == 1) {
      lines.accept(
          "%s is refused, for the %dth time by this server: %s".formatted(kind, count, why));
    }
  }
}
