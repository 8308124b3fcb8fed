package dev.aerostat.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a guest's initramfs has besides busybox and the kernel's modules, in a directory: its first
 * process, our balloon driver, built for its kernel, and the program that directs its device. Skips
 * the test, with the reason, where one cannot be built.
 */
final class GuestFiles {
  private static final Path DRIVER_BUILD = Path.of("../../guest-linux/build");
  private static final int NOT_AVAILABLE = 77;

  private final Path directory;

  /** Begins with a first process, {@code /init}. */
  GuestFiles(Path directory, Path init) throws IOException {
    this.directory = directory;
    addInit("init", init);
  }

  /** Adds another first process, for a kernel that is told {@code rdinit=/NAME}. */
  void addInit(String name, Path init) throws IOException {
    Path copy = directory.resolve(name);
    Files.copy(init, copy);
    assertTrue(copy.toFile().setExecutable(true));
  }

  /** Adds our driver, as {@code /m/90-aerostat_balloon.ko}. */
  void addDriver(String kernel) throws IOException, InterruptedException {
    String built = run(DRIVER_BUILD.toString(), kernel).strip();
    Path modules = Files.createDirectories(directory.resolve("m"));
    Files.copy(Path.of(built), modules.resolve("90-aerostat_balloon.ko"));
  }

  /** Compiles a program for the guest, into {@code /bin}. */
  void addProgram(Path source) throws IOException, InterruptedException {
    Path compiler = Path.of("/usr/bin/gcc");
    assumeTrue(Files.isExecutable(compiler), "SKIPPED: no C compiler at " + compiler);
    String name = source.getFileName().toString().replace(".c", "");
    Path program = Files.createDirectories(directory.resolve("bin")).resolve(name);
    String _ =
        run(
            compiler.toString(),
            "-static",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-o",
            program.toString(),
            source.toString());
  }

  /** Returns what a program prints. One at a time: what is missing is installed. */
  private static synchronized String run(String... command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assumeTrue(code != NOT_AVAILABLE, "SKIPPED: see above why " + command[0] + " cannot be run");
    assertEquals(0, code, () -> String.join(" ", command) + ": " + output);
    return output;
  }
}
