package dev.aerostat.memory.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of this host, and others; those that fall silent are tried over vhost-user. */
final class LocalFileTest {
  private static final SystemCalls CALLS = SystemCalls.libc();
  private static final int HUGE =
      LinuxConstants.MFD_HUGETLB | (21 << LinuxConstants.MFD_HUGE_SHIFT);

  private static Descriptor open(String path) {
    int number = CALLS.open(path, LinuxConstants.O_RDWR);
    assertTrue(number >= 0, () -> "open " + path + ": " + number);
    return new Descriptor(CALLS, number);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, HUGE})
  void aFileInMemoryIsLocal(int flags) throws IOException {
    int number = CALLS.memfdCreate("local", LinuxConstants.MFD_CLOEXEC | flags);
    assumeTrue(number >= 0, "SKIPPED: this kernel has no such files: " + number);
    try (var file = new Descriptor(CALLS, number)) {
      LocalFile.require(file.number());
    }
  }

  @Test
  void aFileInSharedMemoryIsLocal() throws IOException {
    assumeTrue(Files.isWritable(Path.of("/dev/shm")), "SKIPPED: there is no /dev/shm");
    Path path = Files.createTempFile(Path.of("/dev/shm"), "local", "");
    try (Descriptor file = open(path.toString())) {
      LocalFile.require(file.number());
    } finally {
      Files.delete(path);
    }
  }

  @Test
  void aFileOnADiskOrAnOverlayIsLocal(@TempDir Path directory) throws IOException {
    try (Descriptor file = open(Files.createFile(directory.resolve("file")).toString())) {
      LocalFile.require(file.number());
    }
  }

  @Test
  void whatIsNoFileOrNotOpenIsRefused() {
    try (Descriptor process = open("/proc/self/comm")) {
      String message = refusal(process.number());
      assertTrue(message.contains("a file on /proc, of type proc, which somebody serves"), message);
    }
    int eventfd = SocketCalls.libc().eventCounter();
    try (var counter = new Descriptor(CALLS, eventfd)) {
      assertTrue(refusal(counter.number()).contains("mounted nowhere in this process's sight"));
    }
    assertEquals("descriptor 987654 is not open", refusal(987_654));
  }

  private static String refusal(int descriptor) {
    return String.valueOf(
        assertThrows(IOException.class, () -> LocalFile.require(descriptor)).getMessage());
  }

  private static final MountTable TABLE =
      MountTable.parse(
          List.of(
              "28 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
              "29 28 0:40 / /data rw shared:7 master:1 - xfs /dev/vdb rw",
              "30 28 0:41 / /a\\040b rw - overlay overlay rw,lowerdir=/a",
              "31 28 0:42 / /s rw shared:2 - fuse.sshfs h:/ rw",
              "32 28 0:43 / /f rw - fuse  rw",
              "33 28 7:0 / /b rw - fuseblk /dev/loop0 rw",
              "34 28 0:44 / /n rw - nfs4 h:/ rw",
              "35 28 0:45 / /c rw - cifs //h/s rw",
              "36 28 0:46 / /9 rw - 9p tag rw",
              "37 28 0:47 / /v rw - virtiofs tag rw",
              "38 28 0:48 / /h rw - hugetlbfs none rw",
              "39 28 0:49 / /z rw - zfs pool rw",
              "a line that is none"),
          List.of("nodev\tfuse", "\text4", "\tfuseblk", "\txfs", "nodev\toverlay", "nodev\tnfs4"));

  @ParameterizedTest
  @CsvSource({
    "28,true", "29,true", "30,true", "31,false", "32,false", "33,false",
    "34,false", "35,false", "36,false", "37,false", "38,true", "39,true"
  })
  void whatADiskOrMemoryHoldsIsLocalAndWhatAServerHoldsIsNot(int id, boolean local) {
    MountTable.Mount mount = TABLE.withId(id).orElseThrow();
    assertEquals(local, TABLE.isLocal(mount), mount::toString);
    assertEquals(mount, TABLE.ofFileSystem(mount.device()).orElseThrow());
  }

  @Test
  void aMountOutOfSightIsNone() {
    assertTrue(TABLE.withId(99).isEmpty());
    assertTrue(TABLE.ofFileSystem("0:99").isEmpty());
  }
}
