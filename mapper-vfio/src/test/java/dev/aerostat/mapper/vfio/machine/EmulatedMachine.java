package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.testkit.MachineScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Boots the machine of {@code src/it/machine}, runs a program in it, and shows its console. */
final class EmulatedMachine {
  private static final MachineScript SCRIPT = new MachineScript(Path.of("src/it/machine"));

  private final List<String> options = new ArrayList<>();
  private final String kernel;

  EmulatedMachine(String kernel) {
    this.kernel = kernel;
    Collections.addAll(options, "--kernel", kernel);
  }

  EmulatedMachine with(String option, Object value) {
    Collections.addAll(options, option, value.toString());
    return this;
  }

  /** Runs test classes; skips the calling test where the machine cannot be had. */
  void assertPass(Class<?>... tests) throws IOException, InterruptedException {
    var arguments = new ArrayList<String>();
    for (Class<?> test : tests) {
      arguments.add(test.getName());
    }
    run(GuestTests.class, arguments);
  }

  /** Runs a program, which must end well. */
  void run(Class<?> main, List<String> arguments) throws IOException, InterruptedException {
    var all = new ArrayList<>(options);
    all.add(classPath());
    all.add(main.getName());
    all.addAll(arguments);
    var _ = SCRIPT.run(all, line -> System.out.println(kernel + "| " + line));
  }

  private static String classPath() {
    String whole = System.getProperty("java.class.path", "");
    return System.getProperty("surefire.test.class.path", whole);
  }
}
