package dev.aerostat.vfio.user;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aerostat.memory.linux.FileStatus;
import dev.aerostat.memory.linux.SharedMapping;
import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a process maps a file: this one, and others. */
@Timeout(60)
final class PeerMappingsTest {
  private static final int MAP_PRIVATE = 2;
  private static final PeerMappings OURS = new PeerMappings((int) ProcessHandle.current().pid());

  @TempDir private Path directory = Path.of("");

  private static RamExtent.FileIdentity identity(Descriptor file) throws IOException {
    FileStatus status = FileStatus.of(file.number());
    return new RamExtent.FileIdentity(status.device(), status.number());
  }

  @Test
  void aFileThatIsMappedForTheVmmAloneIsRefusedUntilItIsShared() throws Exception {
    try (Descriptor file = MemoryFile.ofBytes(4096)) {
      RamExtent.FileIdentity its = identity(file);
      assertDoesNotThrow(() -> OURS.requireShared(its), "it is mapped nowhere");
      long address = file.mmap(4096, LinuxConstants.PROT_READ, MAP_PRIVATE, 0);
      assertTrue(address > 0);
      try {
        var refusal = assertThrows(RefusedException.class, () -> OURS.requireShared(its));
        assertTrue(String.valueOf(refusal.getMessage()).contains("share=on"));
        assertDoesNotThrow(() -> new PeerMappings(0).requireShared(its), "it is not to be seen");
        try (var _ = SharedMapping.of(file.number(), 0, 4096)) {
          assertDoesNotThrow(() -> OURS.requireShared(its));
        }
      } finally {
        assertEquals(0, SystemCalls.libc().munmap(address, 4096));
      }
    }
  }

  @Test
  void aNameThatIsNoTextHidesNothing() throws Exception {
    assumeTrue(isRefusedOf("s"), "this file system has other numbers in the maps");
    assertTrue(isRefusedOf("s\\377"));
  }

  /** Of a process that maps its own program for itself alone, under such a name. */
  private boolean isRefusedOf(String name) throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "[ -e \"$0/s\" ] || cp \"$(command -v sleep)\" \"$0/s\"; n=\"$0/$(printf \"$1\")\";"
                    + " [ -e \"$n\" ] || ln \"$0/s\" \"$n\"; echo; exec \"$n\" 60",
                directory.toString(),
                name)
            .start();
    try {
      assertEquals('\n', process.getInputStream().read());
      String program = directory.resolve("s").toString();
      int number = SystemCalls.libc().open(program, 0);
      try (var file =
          new Descriptor(SystemCalls.libc(), CallResult.require("open " + program, number))) {
        RamExtent.FileIdentity its = identity(file);
        var mappings = new PeerMappings((int) process.pid());
        for (int tries = 0; tries < 100; tries++) {
          try {
            mappings.requireShared(its);
            Thread.sleep(10);
          } catch (RefusedException refused) {
            return true;
          }
        }
        return false;
      }
    } finally {
      int _ = process.destroyForcibly().waitFor();
    }
  }
}
