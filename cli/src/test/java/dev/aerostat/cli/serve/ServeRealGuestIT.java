package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon and a stock Linux, as a process, as the README shows them. */
class ServeRealGuestIT {
  private static final String SCRIPT = "../vhost-user/src/it/uml-guest";

  @TempDir private Path directory = Path.of("");

  @BeforeAll
  static void canRunHere() throws IOException, InterruptedException {
    Process prepare = new ProcessBuilder(SCRIPT, "prepare").redirectErrorStream(true).start();
    String said = new String(prepare.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assumptions.assumeTrue(prepare.waitFor() == 0, said);
  }

  @Test
  void aStockLinuxIsServedFromItsBootToItsEnd() throws IOException, InterruptedException {
    Path socket = directory.resolve("s");
    try (var daemon = Daemon.listening(socket, "--target", "64M")) {
      Process guest =
          new ProcessBuilder("setsid", SCRIPT, "run", socket.toString(), "256M")
              .redirectErrorStream(true)
              .start();
      try (Writer console = guest.outputWriter()) {
        awaitReady(guest);
        say(console, "load");
        daemon.awaitOut("the balloon driver is up").awaitOut("the gate opens: ready for DMA");
        daemon.awaitOut("as large as was asked: 64 MiB");
        daemon.order("target 0").awaitOut("the balloon is empty: the guest has all its memory");
        say(console, "off");
        daemon.awaitOut("guest 1 is gone; inflated ");
      } finally {
        kill(guest);
      }
      assertEquals(0, daemon.quit().exitCode());
    }
  }

  private static void awaitReady(Process guest) {
    BufferedReader said = guest.inputReader();
    assertTrue(said.lines().anyMatch(line -> line.startsWith("READY")), "the guest does not boot");
  }

  private static void say(Writer console, String line) {
    try {
      console.write(line + '\n');
      console.flush();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  /** With the processes that it left behind: its process group. */
  private static void kill(Process guest) throws IOException, InterruptedException {
    int _ = new ProcessBuilder("kill", "-KILL", "--", "-" + guest.pid()).start().waitFor();
  }
}
