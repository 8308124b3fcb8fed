package dev.aerostat.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Runs a program of this machine's. It sees no /proc and no /dev, and is root. */
  Ran run(String... command) throws IOException, InterruptedException {
    var whole = new ArrayList<>(List.of("unshare", "--map-root-user", "--root", root.toString()));
    whole.addAll(List.of(command));
    return Ran.of(root, Map.of("PATH", System.getenv("PATH")), whole);
  }

  private static boolean isBinary(Path file) {
    return Files.isRegularFile(file)
        && (file.toString().endsWith(".so") || file.endsWith(Path.of("bin", "java")));
  }

  private void libraries(Path binary) throws IOException, InterruptedException {
    for (String line : shell("ldd", binary.toString()).lines().toList()) {
      String[] words = line.strip().split("\\s+", -1);
      String path = words.length > 2 && words[1].equals("=>") ? words[2] : words[0];
      if (path.startsWith("/") && !Files.exists(inside(Path.of(path)))) {
        Path library = Path.of(path);
        if (!C_LIBRARY.contains(library.getFileName().toString())) {
          throw new AssertionError(binary + " needs " + path + ": no part of the C library");
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
