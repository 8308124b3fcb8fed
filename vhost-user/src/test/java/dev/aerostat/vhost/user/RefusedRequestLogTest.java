package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RefusedRequestLogTest {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final RefusedRequestLog log = new RefusedRequestLog(lines::add);

  @Test
  void manyRefusalsOfManySessionsAreAFewLinesAndTheLastSaysHowMany() {
    IntStream.range(0, 1024)
        .parallel()
        .forEach(i -> log.refused("SET_VRING_NUM", "a queue of %d entries".formatted(i)));
    assertEquals(10 + 7, lines.size(), lines::toString);
    assertEquals(1, lines.stream().filter(line -> line.contains("for the 1024th time")).count());
  }

  @Test
  void eachKindIsCountedByItself() {
    for (int i = 0; i < 1_000; i++) {
      log.refused("SET_MEM_TABLE", "rings run");
    }
    log.refused("SET_VRING_NUM", "3 entries: expected a power of two");
    assertEquals("SET_VRING_NUM is refused: 3 entries: expected a power of two", lines.getLast());
  }
}
