package dev.aerostat.simulation.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.simulation.trace.TraceLine.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuietPagesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"m1-k61-boot", "m2-k612-boot", "m4-k61-boot", "m4-k612-boot", "m2-k612-frag"})
  void noMessageOfTheTraceNamesThem(String name) throws IOException {
    Path file = Traces.recorded(name);
    GuestRange quiet = QuietPages.find(file, 16).orElseThrow();
    assertEquals(16 * 4096, quiet.length());
    assertTrue(quiet.start() > 0);
    for (TraceLine line : Traces.readAll(file)) {
      if (line instanceof Message message) {
        assertTrue(
            message.runs().stream()
                .allMatch(
                    run ->
                        run.endPage() <= quiet.firstPage() || run.firstPage() >= quiet.endPage()));
      }
    }
  }

  @Test
  void whereTooManyAreWantedThereAreNone() throws IOException {
    assertEquals(Optional.empty(), QuietPages.find(Traces.recorded("m1-k61-boot"), 250_000));
  }
}
