package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who count what a subject left open must be misled by nothing that the JVM opens. */
final class OpenDescriptorsTest {
  @TempDir Path directory;

  @Test
  void aJarThatIsOpenedMeanwhileIsNoDescriptorMore() throws Exception {
    OpenDescriptors before = OpenDescriptors.now();
    Path jar = Files.createFile(directory.resolve("late.jar"));
    try (var _ = new RandomAccessFile(jar.toFile(), "r")) {
      assertEquals(List.of(), OpenDescriptors.now().moreThan(before));
    }
  }

  @Test
  void aCounterThatStaysOpenIsToldWithItsNumber() throws Exception {
    OpenDescriptors before = OpenDescriptors.now();
    try (var counter = ScriptedFrontEnd.counter()) {
      List<String> more = OpenDescriptors.now().moreThan(before);
      assertEquals(1, more.size(), more::toString);
      assertTrue(more.getFirst().startsWith("anon_inode:[eventfd]: "), more::toString);
      assertTrue(more.getFirst().contains(Integer.toString(counter.number())), more::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/root/.m2/repository/a/b/b-1.jar",
        "/tmp/libjansi.so (deleted)",
        "/dev/urandom",
        "/proc/1/stat",
        "/tmp/hsperfdata_root/17",
        "/tmp/2026/2026.jfr"
      })
  void theseAreTheJvms(String target) {
    assertTrue(OpenDescriptors.isTheJvms(target));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socket:[12]",
        "pipe:[12]",
        "anon_inode:[eventfd]",
        "/memfd:guest (deleted)",
        "/dev/zero",
        "/tmp/vm_file-a (deleted)"
      })
  void theseAreWhatASubjectHolds(String target) {
    assertFalse(OpenDescriptors.isTheJvms(target));
  }
}
