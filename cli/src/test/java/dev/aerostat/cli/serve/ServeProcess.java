package dev.aerostat.cli.serve;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code aerostat serve} as a process of its own, which signals reach. */
final class ServeProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path out;
  private final Path err;

  /** Starts one, and waits until it listens. */
  ServeProcess(Path directory, Path socket) throws IOException, InterruptedException {
    this(directory, socket, List.of(), Map.of());
  }

  /** Starts one with more options of the JVM, and more of an environment. */
  ServeProcess(Path directory, Path socket, List<String> jvm, Map<String, String> environment)
      throws IOException, InterruptedException {
    out = directory.resolve("out");
    err = directory.resolve("err");
    var builder = java(jvm, "dev.aerostat.cli.Main", "serve", "--socket", socket.toString());
    builder.environment().putAll(environment);
    process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    awaitOut("listening on " + socket);
  }

  /**
   * Returns Java with all that this test has, on the class path. Signals end it, also where this
   * test runs in the background of a script, which ignores SIGINT, and so do its children.
   */
  static ProcessBuilder java(List<String> jvm, String... program) {
    var command =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal",
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath()));
    command.addAll(jvm);
    command.addAll(List.of(program));
    return new ProcessBuilder(command);
  }

  /** Modules and classes alike: a test may run on either path. */
  private static String classPath() {
    return System.getProperty("jdk.module.path", "target/classes")
        + File.pathSeparator
        + System.getProperty("java.class.path", "");
  }

  void awaitOut(String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!out().contains(text)) {
      if (System.nanoTime() - end > 0 || !process.isAlive()) {
        throw new IllegalStateException(
            "waited in vain for: %s%nout: %s%nerr: %s".formatted(text, out(), err()));
      }
      Thread.sleep(5);
    }
  }

  String out() throws IOException {
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  String err() throws IOException {
    return Files.readString(err, StandardCharsets.UTF_8);
  }

  /** Sends a signal such as {@code TERM}, and returns the exit code. */
  int end(String signal) throws IOException, InterruptedException {
    int _ =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("SIG%s does not end it; out: %s".formatted(signal, out()));
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    var _ = process.destroyForcibly().onExit().join();
  }
}
