package dev.aerostat.vmm;

import dev.aerostat.testkit.MachineScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The emulated machine of {@code mapper-vfio}, whose emulated processor has virtualization: it runs
 * programs of these tests, which boot the machine's own stock kernel once more, one level deeper.
 * Programs have those system properties of this process that begin with {@code inside}. Immutable.
 *
 * @param kernel which of Debian's, such as 6.1
 * @param memoryMib the machine's, the guests' included
 * @param timeoutSeconds how long the whole may take; a machine that is shared is slow
 * @param silenceSeconds how long nothing may come from the console
 */
record EmulatedKvm(String kernel, int memoryMib, int timeoutSeconds, int silenceSeconds) {
  private static final MachineScript SCRIPT =
      new MachineScript(Path.of("../../mapper-vfio/src/it/machine"));

  /**
   * Runs a program.
   *
   * @param guest the files of its guests' initramfs
   * @param program has a main method
   * @return the console, which is printed as it comes
   * @throws AssertionError if the program fails
   */
  List<String> run(Path guest, Class<?> program, List<String> arguments)
      throws IOException, InterruptedException {
    var all = new ArrayList<String>();
    Collections.addAll(all, "--kernel", kernel, "--memory", Integer.toString(memoryMib));
    Collections.addAll(all, "--guest", guest.toString());
    Collections.addAll(all, "--timeout", Integer.toString(timeoutSeconds));
    Collections.addAll(all, "--silence", Integer.toString(silenceSeconds));
    Collections.addAll(all, "--jvm", "-XX:TieredStopAtLevel=1 -Xmx400m" + settings());
    Collections.addAll(all, classPath(), program.getName());
    all.addAll(arguments);
    return SCRIPT.run(all, line -> System.out.println(kernel + "| " + line));
  }

  /** Those of this process that are meant for the programs. */
  private static String settings() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("inside."))
        .map(name -> " -D%s=%s".formatted(name, System.getProperty(name)))
        .collect(Collectors.joining());
  }

  private static String classPath() {
    String whole = System.getProperty("java.class.path", "");
    return System.getProperty("surefire.test.class.path", whole);
  }
}
