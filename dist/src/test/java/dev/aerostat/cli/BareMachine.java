package dev.aerostat.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A root directory with nothing in it but a C library, a shell and what is put there. */
final class BareMachine {
  /** What glibc itself consists of. */
  private static final Set<String> C_LIBRARY =
      Set.of(
          "ld-linux-x86-64.so.2",
          "libc.so.6",
          "libdl.so.2",
          "libm.so.6",
          "libpthread.so.0",
          "librt.so.1");

  /** A line of ldd: {@code libc.so.6 => /lib/libc.so.6 (0x00007f)}, or the path alone. */
  private static final Pattern LIBRARY =
      Pattern.compile("^\\s+(?:\\S+ => )?(/.*) \\(0x\\p{XDigit}+\\)$", Pattern.MULTILINE);

  private final Path root;

  private BareMachine(Path root) {
    this.root = root;
  }

  /**
   * Makes one that has a directory of this machine at the same place.
   *
   * @throws AssertionError if a file there needs a library that is no part of the C library
   */
  static BareMachine with(Path root, Path program) throws IOException, InterruptedException {
    var machine = new BareMachine(root);
    machine.add(Path.of("/bin/sh").toRealPath(), root.resolve("bin/sh"));
    machine.libraries(Path.of("/bin/sh"));
    Files.createDirectory(root.resolve("proc"));
    Path there = machine.inside(program);
    Files.createDirectories(there.getParent());
    shell("cp", "-a", program.toString(), there.toString());
    List<Path> files;
    try (Stream<Path> walk = Files.walk(program)) {
      files = walk.filter(BareMachine::isBinary).toList();
    }
    for (Path file : files) {
      machine.libraries(file);
    }
    return machine;
  }

  /** Runs a program of this machine's, as its root, with the /proc that every container has. */
  Ran run(String... command) throws IOException, InterruptedException {
    var whole = new ArrayList<>(List.of("unshare", "--map-root-user", "--mount", "sh", "-c"));
    whole.add("mount --rbind /proc \"$1/proc\" && exec chroot \"$@\"");
    whole.addAll(List.of("sh", root.toString()));
    whole.addAll(List.of(command));
    return Ran.of(root, Map.of("PATH", System.getenv("PATH")), whole);
  }

  private static boolean isBinary(Path file) {
    return Files.isRegularFile(file)
        && (file.toString().endsWith(".so") || file.endsWith(Path.of("bin", "java")));
  }

  private void libraries(Path binary) throws IOException, InterruptedException {
    Matcher found = LIBRARY.matcher(shell("ldd", binary.toString()));
    while (found.find()) {
      Path library = Path.of(found.group(1));
      if (!Files.exists(inside(library))) {
        if (!C_LIBRARY.contains(library.getFileName().toString())) {
          throw new AssertionError(
              "%s needs %s: no part of the C library".formatted(binary, library));
        }
        add(library.toRealPath(), inside(library));
      }
    }
  }

  private Path inside(Path absolute) {
    return root.resolve(Path.of("/").relativize(absolute));
  }

  private void add(Path file, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    Files.copy(file, target);
  }

  private static String shell(String... command) throws IOException, InterruptedException {
    return Ran.of(Path.of("/"), Map.of("PATH", System.getenv("PATH")), List.of(command))
        .successfully();
  }
}
