package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.cli.boot.FakeSimulator;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where standard output cannot be written, or nobody reads it. Linux. */
class OutputTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--version",
        "--help",
        "boot --help",
        "boot --memory 8G",
        "boot --memory 8G --json",
        "compare --memory 8G",
        "explore --seeds 2",
        "replay a.trace",
        "mappers",
        "mappers --json",
        "selftest --mapper-option dma-entry-limit=100"
      })
  void aFullDiskIsAFailureThatIsToldInALine(String commandLine) throws IOException {
    try (var full = new FileOutputStream("/dev/full")) {
      Invocation invocation = writingTo(full, commandLine);
      assertEquals(
          new Invocation(
              1, "", "aerostat: standard output cannot be written: No space left on device\n"),
          invocation);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "boot --memory 8G", "mappers"})
  void aReaderThatHasReadEnoughIsNoFailure(String commandLine) throws IOException {
    Process reader = new ProcessBuilder("sh", "-c", "exec 0<&-; echo; exec sleep 60").start();
    try (OutputStream pipe = new Unbuffered(reader.getOutputStream())) {
      assertEquals('\n', reader.getInputStream().read());
      assertEquals(new Invocation(0, "", ""), writingTo(pipe, commandLine));
    } finally {
      reader.destroyForcibly();
    }
  }

  /** A process's standard input, each write at once. */
  private static final class Unbuffered extends OutputStream {
    private final OutputStream target;

    Unbuffered(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
      target.write(b);
      target.flush();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      target.write(bytes, offset, length);
      target.flush();
    }
  }

  private static Invocation writingTo(OutputStream target, String commandLine) {
    var err = new ByteArrayOutputStream();
    var console =
        new Console(
            InputStream.nullInputStream(),
            new StandardOutput(target, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Terminal.NONE);
    int exitCode = Invocation.execute(FakeSimulator.smooth(), console, commandLine.split(" "));
    return new Invocation(exitCode, "", err.toString(StandardCharsets.UTF_8));
  }
}
