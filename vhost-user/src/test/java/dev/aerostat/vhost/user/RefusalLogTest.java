package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonSettings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A front end whose requests are refused again and again. */
@Timeout(60)
final class RefusalLogTest {
  private static final BalloonSettings SETTINGS = VhostUserServer.settings();

  private static final class Lines extends Handler {
    final List<String> all = new CopyOnWriteArrayList<>();
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord line) {
      all.add(formatter.formatMessage(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void manyRefusalsOfManySessionsAreAFewLinesAndTheLastSaysHowMany() throws Exception {
    Logger logger = Logger.getLogger(RefusalLog.class.getName());
    var lines = new Lines();
    logger.addHandler(lines);
    logger.setUseParentHandlers(false);
    try (var backend =
        new Backend<BareBalloon>(
            SETTINGS, (memory, front) -> new BareBalloon(memory, front, SETTINGS))) {
      for (int session = 0; session < 16; session++) {
        try (var frontEnd = ScriptedFrontEnd.negotiated(backend.socket())) {
          for (int i = 0; i < 64; i++) {
            assertEquals(
                1, frontEnd.tell(Request.SET_VRING_NUM, new VringState(0, 3 + 2 * i)::write));
          }
        }
      }
      assertEquals(10 + 7, lines.all.size(), lines.all::toString);
      String last = lines.all.getLast();
      assertTrue(last.startsWith("SET_VRING_NUM is refused, for the 1024th time"), last);
    } finally {
      logger.removeHandler(lines);
      logger.setUseParentHandlers(true);
    }
  }
}
