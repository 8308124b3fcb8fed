package dev.aerostat.vfio.user;

import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;

/**
 * Logs refused requests: of each command the first ten, then the 16th, the 32nd and so on with
 * their number, so that no client fills the host's disk. One log for all sessions of a server,
 * which has one thread at a time.
 */
final class RefusedRequestLog {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.vfio.user");
  private static final long ALL_OF_FIRST = 10;

  private final Map<Command, Long> counts = new EnumMap<>(Command.class);

  synchronized void refused(Command command, String why) {
    long count = counts.merge(command, 1L, Long::sum);
    if (count <= ALL_OF_FIRST) {
      LOG.log(Level.WARNING, "{0} is refused: {1}", command, why);
    } else if (Long.bitCount(count) == 1) {
      LOG.log(
          Level.WARNING,
          "{0} is refused, for the {1}th time: {2}",
          command,
          Long.toString(count),
          why);
    }
  }
}
