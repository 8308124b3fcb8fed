package dev.aerostat.vhost.user;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Logs refused requests: of each kind the first ten, then the 16th, the 32nd and so on with their
 * number, so that no front end fills the host's disk. What a host threw that it does not declare is
 * logged with its stack trace. One log for all sessions of a server: a front end can connect as
 * often as it likes. Safe for use by any thread.
 */
final class RefusedRequestLog {
  private static final int ALL_OF_FIRST = 10;

  /** Requests that are known, kicks and unknown requests: so there are few. */
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

  private final Lines lines;

  /** Creates a log that warns. */
  RefusedRequestLog() {
    this(RefusedRequestLog::warn);
  }

  /**
   * Creates a log without an entry.
   *
   * @param lines takes each line
   */
  RefusedRequestLog(Lines lines) {
    this.lines = lines;
  }

  @SuppressWarnings("CatchingUnchecked") // What a host threw may throw as well when it is printed.
  private static void warn(String line, @Nullable Throwable thrown) {
    System.Logger logger = System.getLogger("dev.aerostat.vhost.user");
    try {
      logger.log(Level.WARNING, line, thrown);
    } catch (Throwable _) {
      logger.log(Level.WARNING, line);
    }
  }

  void refused(String kind, RefusedException refusal) {
    long count = counts.computeIfAbsent(kind, _ -> new AtomicLong()).incrementAndGet();
    String why = String.valueOf(refusal.getMessage());
    Throwable cause = refusal.getCause();
    Throwable thrown = cause instanceof IOException ? null : cause;
    if (count <= ALL_OF_FIRST) {
      lines.write("%s is refused: %s".formatted(kind, why), thrown);
    } else if (Long.bitCount(count) == 1) {
      lines.write(
          "%s is refused, for the %dth time by this server: %s".formatted(kind, count, why),
          thrown);
    }
  }

  /** Where lines go. */
  interface Lines {
    /** Writes a line, and the stack trace of what was thrown. */
    void write(String line, @Nullable Throwable thrown);
  }
}
