package dev.aerostat.vmm.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What a guest prints: each byte goes to where the user sees it, each line to who wants to know
 * what the guest prints.
 *
 * <p>Safe for use by any thread.
 */
public final class ConsoleOutput implements IntConsumer {
  /** A guest may print without end, and never begin a new line. */
  private static final int LONGEST_LINE = 4096;

  private final OutputStream out;
  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /**
   * Creates an output.
   *
   * @param out where the user sees it; if it fails, nothing is shown
   * @param lines takes each line without its end; of one that is very long, pieces
   */
  public ConsoleOutput(OutputStream out, Consumer<String> lines) {
    this.out = out;
    this.lines = lines;
  }

  @Override
  public synchronized void accept(int value) {
    show(value);
    if (value == '\n' || line.size() == LONGEST_LINE) {
      lines.accept(line.toString(StandardCharsets.UTF_8).stripTrailing());
      line.reset();
    }
    if (value != '\n') {
      line.write(value);
    }
  }

  private void show(int value) {
    try {
      out.write(value);
      out.flush(); // A prompt has no newline.
    } catch (IOException closed) {
      // Nobody looks any more; the guest goes on.
    }
  }
}
