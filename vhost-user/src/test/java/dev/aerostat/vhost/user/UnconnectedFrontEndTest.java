package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.vhost.guest.VhostFrontEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The front end that tests play, where nobody listens. */
final class UnconnectedFrontEndTest {
  @TempDir Path directory;

  @Test
  void aFrontEndThatFindsNoBackEndKeepsItsMemoryNoLonger() throws Exception {
    OpenDescriptors before = OpenDescriptors.now();
    for (int i = 0; i < 3; i++) {
      assertThrows(
          IOException.class,
          () -> VhostFrontEnd.connect(directory.resolve("nobody"), 1 << 20, 1 | 1L << 32, 0));
    }
    assertEquals(List.of(), OpenDescriptors.now().moreThan(before));
  }
}
