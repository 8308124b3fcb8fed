package dev.aerostat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A script that boots an emulated machine and runs a program in it, such as {@code
 * mapper-vfio/src/it/machine}: its output is the machine's console, its exit code the program's, or
 * 77 where the machine cannot be had.
 *
 * <p>Immutable.
 */
public final class MachineScript {
  private static final int UNAVAILABLE = 77;

  private final Path script;

  /**
   * Names the script.
   *
   * @param script an executable file
   */
  public MachineScript(Path script) {
    this.script = script;
  }

  /**
   * Runs a program, which must end well.
   *
   * @param arguments the script's own
   * @param onlooker hears each line of the console as it comes
   * @return the console
   * @throws IOException if the script cannot be run
   * @throws InterruptedException if this thread is interrupted
   * @throws AssertionError if the program fails
   * @throws org.opentest4j.TestAbortedException where the machine cannot be had: the calling test
   *     is skipped
   */
  public List<String> run(List<String> arguments, Consumer<String> onlooker)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(script.toString());
    command.addAll(arguments);
    Process machine = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> console = new ArrayList<>();
    try (var lines = machine.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().peek(onlooker).forEach(console::add);
    }
    int exit = machine.waitFor();
    assumeTrue(
        exit != UNAVAILABLE,
        () -> "SKIPPED: no emulated machine here: " + String.join("\n", console));
    assertEquals(0, exit, () -> "exit code of the machine:\n" + String.join("\n", console));
    return console;
  }
}
