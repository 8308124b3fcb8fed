package dev.aerostat.vhost.user;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Logs refused requests: of each kind the first ten, then the 16th, the 32nd and so on with their
 * number, so that no front end fills the host's disk. One for all sessions of a server: a front end
 * can connect as often as it likes. Safe for use by any thread.
 */
final class RefusalLog {
  private static final Logger LOG = System.getLogger(RefusalLog.class.getName());
  private static final int ALL_OF_FIRST = 10;

  /** Requests that are known, kicks and unknown requests: so there are few. */
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

  void refused(String kind, String why) {
    long count = counts.computeIfAbsent(kind, _ -> new AtomicLong()).incrementAndGet();
    if (count <= ALL_OF_FIRST) {
      LOG.log(Level.WARNING, "{0} is refused: {1}", kind, why);
    } else if (Long.bitCount(count) == 1) {
      LOG.log(
          Level.WARNING,
          "{0} is refused, for the {2}th time by this server: {1}",
          kind,
          why,
          Long.toString(count));
    }
  }
}
