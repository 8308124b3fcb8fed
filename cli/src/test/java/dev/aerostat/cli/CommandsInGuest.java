package dev.aerostat.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs the command in the emulated machine as a user does, on the module path and in a process of
 * its own: each argument is a command line, in which {@code DEVICE} stands for a device.
 *
 * <p>Writes what it prints and its exit code, a prefix before each line: the console is shared with
 * the kernel.
 */
final class CommandsInGuest {
  static final String OUT = "AEROSTAT-OUT ";
  static final String ERR = "AEROSTAT-ERR ";
  static final String EXIT = "AEROSTAT-EXIT ";

  private static final Pattern SPACE = Pattern.compile(" ");
  private static final Pattern COMMA = Pattern.compile(",");

  private CommandsInGuest() {}

  public static void main(String[] commandLines) throws IOException, InterruptedException {
    String device =
        COMMA.splitAsStream(System.getProperty("aerostat.devices", "")).findFirst().orElseThrow();
    for (String commandLine : commandLines) {
      run(commandLine.replace("DEVICE", device));
    }
  }

  private static void run(String commandLine) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    Collections.addAll(
        command,
        System.getProperty("java.home", "") + "/bin/java",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx384m",
        "--enable-native-access=dev.aerostat.memory.linux",
        "--illegal-native-access=deny",
        "--module-path",
        System.getProperty("aerostat.modules", ""),
        "--module",
        "dev.aerostat.cli/dev.aerostat.cli.Main");
    SPACE.splitAsStream(commandLine).forEach(command::add);
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    print(OUT, process.getInputStream().readAllBytes());
    print(ERR, process.getErrorStream().readAllBytes());
    System.out.println(EXIT + process.waitFor());
  }

  private static void print(String prefix, byte[] text) {
    List<String> lines = new String(text, StandardCharsets.UTF_8).lines().toList();
    lines.forEach(line -> System.out.println(prefix + line));
  }
}
