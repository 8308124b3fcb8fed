package dev.aerostat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchRunTest {
  @Test
  void aNameThatThereIsNoneOfIsRefused(@TempDir Path directory) {
    String[] arguments = {directory.toString(), "Nonsense"};
    assertEquals(
        "no benchmark's name contains any of [Nonsense]; try Tracker, Query, Message, Deflate,"
            + " Boot, Scale, Ranges or Held",
        assertThrows(IllegalArgumentException.class, () -> BenchRun.main(arguments)).getMessage());
  }

  @Test
  void aParameterIsNoName(@TempDir Path directory) {
    String[] arguments = {directory.toString(), "Nonsense", "tracker=bitmap"};
    assertEquals(
        "no benchmark's name contains any of [Nonsense]; try Tracker, Query, Message, Deflate,"
            + " Boot, Scale, Ranges or Held",
        assertThrows(IllegalArgumentException.class, () -> BenchRun.main(arguments)).getMessage());
  }
}
