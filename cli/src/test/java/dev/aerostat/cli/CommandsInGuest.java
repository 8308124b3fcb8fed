package dev.aerostat.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

  /** By the machine's clock. What takes half a minute there took four minutes beside other work. */
  private static final int LIMIT_SECONDS = 300;

  /** How often at least something is printed. */
  static final int HEARTBEAT_SECONDS = 20;

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
    Path out = Files.createTempFile("command", ".out");
    Path err = Files.createTempFile("command", ".err");
    Process process =
        new ProcessBuilder(command(commandLine))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    process.getOutputStream().close();
    boolean ended = endsInTime(process, commandLine);
    if (!ended) {
      printItsThreads(process);
      process.destroyForcibly();
    }
    int exit = process.waitFor();
    print(OUT, Files.readAllBytes(out));
    print(ERR, Files.readAllBytes(err));
    if (!ended) {
      throw new IllegalStateException(
          "'%s' had not ended after %d s; its threads are above"
              .formatted(commandLine, LIMIT_SECONDS));
    }
    System.out.println(EXIT + exit);
  }

  private static List<String> command(String commandLine) {
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
    return command;
  }

  /** Prints a line now and then, so that a machine that has stopped shows by its silence. */
  private static boolean endsInTime(Process process, String commandLine)
      throws InterruptedException {
    for (int seconds = 0; seconds < LIMIT_SECONDS; seconds += HEARTBEAT_SECONDS) {
      if (process.waitFor(HEARTBEAT_SECONDS, TimeUnit.SECONDS)) {
        return true;
      }
      System.out.println(
          "still at work after %d s: %s".formatted(seconds + HEARTBEAT_SECONDS, commandLine));
    }
    return false;
  }

  /** A JVM that is sent SIGQUIT prints what its threads do. */
  private static void printItsThreads(Process process) throws IOException, InterruptedException {
    new ProcessBuilder("/bin/busybox", "kill", "-QUIT", Long.toString(process.pid()))
        .inheritIO()
        .start()
        .waitFor();
    boolean _ = process.waitFor(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
  }

  private static void print(String prefix, byte[] text) {
    List<String> lines = new String(text, StandardCharsets.UTF_8).lines().toList();
    lines.forEach(line -> System.out.println(prefix + line));
  }
}
