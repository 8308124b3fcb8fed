package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.vhost.guest.VhostFrontEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The front end that tests play, where nobody listens. */
final class UnconnectedFrontEndTest {
  @TempDir Path directory;

  @Test
  void aFrontEndThatFindsNoBackEndKeepsItsMemoryNoLonger() throws Exception {
    long before = memoryFiles();
    for (int i = 0; i < 3; i++) {
      assertThrows(
          IOException.class,
          () -> VhostFrontEnd.connect(directory.resolve("nobody"), 1 << 20, 1 | 1L << 32, 0));
    }
    assertEquals(before, memoryFiles());
  }

  private static long memoryFiles() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(UnconnectedFrontEndTest::isMemory).count();
    }
  }

  private static boolean isMemory(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("/memfd:");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
