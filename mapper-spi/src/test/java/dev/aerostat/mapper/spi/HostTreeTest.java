package dev.aerostat.mapper.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No test may wait for a file, so each has a time limit that only a hang reaches. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class HostTreeTest {
  /** The kernel lets nobody write here, root included (proc_sys_permission). */
  private static final Path UNWRITABLE = Path.of("/proc/sys/kernel/osrelease");

  /** An ordinary file to look at, whose reading fails: nothing is mapped at its first byte. */
  private static final Path UNREADABLE = Path.of("/proc/self/mem");

  @TempDir private Path root = Path.of("");
  private HostTree host = HostTree.local();

  @BeforeEach
  void aHostOfItsOwn() {
    host = new HostTree(root);
  }

  @Test
  void aTextIsWithoutTheSpaceAroundItAndANumberIsNothingElse() throws IOException {
    Files.writeString(root.resolve("limit"), " 65535\n");
    Files.writeString(root.resolve("words"), "65535 entries\n");
    assertEquals(Optional.of("65535"), host.text("/limit"));
    assertEquals(OptionalLong.of(65_535), host.number("/limit"));
    assertEquals(OptionalLong.empty(), host.number("/words"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"absent", "directory", "loop", "pipe", "unreadable", "x\0y", "x\uD800y"})
  void whatCannotBeReadIsAsGoodAsAbsent(String name) throws Exception {
    oddFiles();
    assertEquals(Optional.empty(), host.text("/" + name));
    assertEquals(OptionalLong.empty(), host.number("/" + name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"absent", "loop", "pipe", "unreadable", "x\0y", "x\uD800y"})
  void whatIsNoDirectoryHasNoNames(String name) throws Exception {
    oddFiles();
    assertEquals(List.of(), host.names("/" + name));
  }

  private void oddFiles() throws IOException, InterruptedException {
    Files.createDirectory(root.resolve("directory"));
    Files.createSymbolicLink(root.resolve("loop"), root.resolve("loop"));
    Files.createSymbolicLink(root.resolve("unreadable"), UNREADABLE);
    int exit = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start().waitFor();
    assertEquals(0, exit);
  }

  @Test
  void aFileWithoutAnEndIsReadToALimit() throws IOException {
    Files.write(root.resolve("long"), new byte[1 << 20]);
    assertEquals(256 << 10, host.text("/long").orElseThrow().length());
  }

  @Test
  void aFileThatThisProcessMayNotWriteIsThereAndNotUsable() throws IOException {
    Files.createSymbolicLink(root.resolve("device"), UNWRITABLE);
    assertTrue(host.exists("/device"));
    assertFalse(host.usable("/device"));
    Files.createFile(root.resolve("other"));
    assertTrue(host.usable("/other"));
    assertFalse(host.usable("/absent"));
  }

  @Test
  void aLinkHasTheLastNameOfWhatItLeadsTo() throws IOException {
    Files.createDirectories(root.resolve("drivers/vfio-pci"));
    Files.createSymbolicLink(root.resolve("driver"), Path.of("drivers/vfio-pci"));
    Files.createSymbolicLink(root.resolve("gone"), Path.of("drivers/e1000e"));
    assertEquals(Optional.of("vfio-pci"), host.target("/driver"));
    assertEquals(Optional.empty(), host.target("/gone"));
    assertEquals(List.of("driver", "drivers", "gone"), host.names("/"));
  }

  @Test
  void aPathIsThatOfTheHost() {
    assertEquals(root.resolve("dev/kvm"), host.file("/dev/kvm"));
    assertThrows(IllegalArgumentException.class, () -> host.file("dev/kvm"));
    assertThrows(IllegalArgumentException.class, () -> host.exists("dev/kvm"));
  }
}
