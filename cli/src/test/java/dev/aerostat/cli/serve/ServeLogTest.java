package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.StandardOutput;
import dev.aerostat.cli.text.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServeLogTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private ServeLog log(OutputStream target, boolean json) {
    return new ServeLog(
        new Console(
            InputStream.nullInputStream(),
            new StandardOutput(target, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Terminal.NONE),
        json);
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static void comeAndGo(ServeLog log) {
    for (int guest = 1; guest <= 100; guest++) {
      var diary = new GuestEventLog(guest, log);
      diary.happened(ServeEvent.driverGoesOn());
      diary.gone();
      diary.end(ServeEvent.gone(guest, "its driver never came up", json -> {}));
    }
  }

  @Test
  void guestsThatComeAndGoShareTheLimit() {
    comeAndGo(log(out, false));
    assertEquals(20, lines().size());
    assertTrue(
        lines().get(1).endsWith(" s  guest 1 is gone; its driver never came up"), lines().get(1));
  }

  @Test
  void aProgramIsToldOfTheEndOfEachGuest() {
    comeAndGo(log(out, true));
    assertEquals(10 + 100, lines().size());
    assertTrue(
        lines().getLast().startsWith("{\"event\":\"gone\",\"guest\":100,\"seconds\":0."),
        lines().getLast());
  }

  @Test
  void aFullDiskIsToldOnceAndKeepsNoGuestFromBeingServed() throws IOException {
    try (var full = new FileOutputStream("/dev/full")) {
      comeAndGo(log(full, true));
    }
    assertEquals(
        "aerostat: standard output cannot be written: No space left on device; guests are served"
            + " on all the same\n",
        err.toString(StandardCharsets.UTF_8));
  }
}
