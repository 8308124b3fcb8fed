package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Boots the machine of {@code src/it/machine}, runs a program in it, and shows its console. */
final class EmulatedMachine {
  private static final Path SCRIPT = Path.of("src/it/machine");
  private static final int UNAVAILABLE = 77;

  private final List<String> options = new ArrayList<>();

  EmulatedMachine(String kernel) {
    Collections.addAll(options, "--kernel", kernel);
  }

  EmulatedMachine with(String option, Object value) {
    Collections.addAll(options, option, value.toString());
    return this;
  }

  /** Runs test classes; skips the calling test, aloud, where the machine cannot be had. */
  void assertPass(Class<?>... tests) throws IOException, InterruptedException {
    var arguments = new ArrayList<String>();
    for (Class<?> test : tests) {
      arguments.add(test.getName());
    }
    run(GuestTests.class, arguments);
  }

  /** Runs a program, which must end well. */
  void run(Class<?> main, List<String> arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(SCRIPT.toString());
    command.addAll(options);
    command.add(classPath());
    command.add(main.getName());
    command.addAll(arguments);
    Process machine = new ProcessBuilder(command).redirectErrorStream(true).start();
    var console = new StringBuilder();
    try (var lines = machine.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(line -> console.append(show(line)).append('\n'));
    }
    int exit = machine.waitFor();
    assumeTrue(exit != UNAVAILABLE, () -> "SKIPPED: no emulated machine here: " + console);
    assertEquals(0, exit, () -> "exit code of the machine:\n" + console);
  }

  private static String show(String line) {
    System.out.println(line);
    return line;
  }

  private static String classPath() {
    String whole = System.getProperty("java.class.path", "");
    return System.getProperty("surefire.test.class.path", whole);
  }
}
