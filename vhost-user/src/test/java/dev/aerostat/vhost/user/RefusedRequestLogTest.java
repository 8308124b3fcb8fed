package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RefusedRequestLogTest {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<Throwable> stackTraces = new CopyOnWriteArrayList<>();
  private final RefusedRequestLog log =
      new RefusedRequestLog(
          (line, thrown) -> {
            lines.add(line);
            if (thrown != null) {
              stackTraces.add(thrown);
            }
          });

  @Test
  void manyRefusalsOfManySessionsAreAFewLinesAndTheLastSaysHowMany() {
    IntStream.range(0, 1024)
        .parallel()
        .forEach(
            i ->
                log.refused(
                    "SET_VRING_NUM", new RefusedException("a queue of %d entries".formatted(i))));
    assertEquals(10 + 7, lines.size(), lines::toString);
    assertEquals(1, lines.stream().filter(line -> line.contains("for the 1024th time")).count());
  }

  @Test
  void eachKindIsCountedByItself() {
    for (int i = 0; i < 1_000; i++) {
      log.refused("SET_MEM_TABLE", new RefusedException("rings run"));
    }
    log.refused("SET_VRING_NUM", new RefusedException("3 entries: expected a power of two"));
    assertEquals("SET_VRING_NUM is refused: 3 entries: expected a power of two", lines.getLast());
  }

  @Test
  void onlyWhatAHostMustNotThrowComesWithItsStackTrace() {
    var bug = new IllegalStateException("a host's bug, expected in this test");
    log.refused("SET_MEM_TABLE", new RefusedException("no device for this memory", bug));
    log.refused("SET_MEM_TABLE", new RefusedException("a file", new IOException("too short")));
    assertEquals(2, lines.size(), lines::toString);
    assertEquals(List.of(bug), stackTraces);
  }
}
