package dev.aerostat.memory.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LibcCallsTest {
  private static final long FIONREAD = 0x541b;
  private final SystemCalls calls = SystemCalls.libc();

  @Test
  void failuresComeBackAsErrorNumbersNegated() {
    assertEquals(-Errno.ENOENT, calls.open("/no/such/file", LinuxConstants.O_RDWR));
    assertEquals(-9, calls.mmap(0, 4096, 0, LinuxConstants.MAP_PRIVATE, -1, 0), "EBADF");
    assertEquals(-Errno.EINVAL, calls.munmap(1, 4096));
    assertEquals(-9, calls.close(-1), "EBADF");
    assertEquals(-9, calls.ftruncate(-1, 0), "EBADF");
    assertEquals(-9, calls.ioctl(-1, FIONREAD, 0), "EBADF");
  }

  @Test
  void bytesGoToAFileAndBackAtTheirOffsets(@TempDir Path directory) throws IOException {
    Path path = Files.createFile(directory.resolve("file"));
    try (Arena arena = Arena.ofConfined();
        var file = new Descriptor(calls, calls.open(path.toString(), LinuxConstants.O_RDWR))) {
      MemorySegment out = arena.allocateFrom(ValueLayout.JAVA_LONG, 42L);
      MemorySegment in = arena.allocate(8, 8);
      assertEquals(8, calls.pwrite(file.number(), out, 4096));
      assertEquals(8, calls.pread(file.number(), in, 4096));
      assertEquals(42L, in.get(ValueLayout.JAVA_LONG, 0));
      assertEquals(4104, Files.size(path));
      assertEquals(0, calls.ioctl(file.number(), FIONREAD, in));
      assertEquals(4104, in.get(ValueLayout.JAVA_INT, 0), "bytes left to read, by the kernel");
    }
  }

  @Test
  void theLockLimitIsWhatProcSays() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/limits")).stream()
            .filter(l -> l.startsWith("Max locked memory"))
            .findFirst()
            .orElseThrow();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limits = arena.allocate(16, 8);
      assertEquals(0, calls.getrlimit(LinuxConstants.RLIMIT_MEMLOCK, limits));
      long soft = limits.get(ValueLayout.JAVA_LONG, 0);
      String expected = soft == LinuxConstants.RLIM_INFINITY ? "unlimited" : Long.toString(soft);
      assertTrue(line.matches("Max locked memory +%s .*".formatted(expected)), line);
    }
  }

  @Test
  void aDuplicateOutlivesTheOriginal(@TempDir Path directory) throws IOException {
    Path path = Files.write(directory.resolve("file"), new byte[] {42});
    var original = new Descriptor(calls, calls.open(path.toString(), LinuxConstants.O_RDWR));
    try (Arena arena = Arena.ofConfined();
        var duplicate = new Descriptor(calls, calls.duplicate(original.number()))) {
      original.close();
      MemorySegment in = arena.allocate(1);
      assertEquals(1, duplicate.pread(in, 0));
      assertEquals(42, in.get(ValueLayout.JAVA_BYTE, 0));
      Path flags = Path.of("/proc/self/fdinfo/" + duplicate.number());
      assertTrue(
          Files.readString(flags).contains("flags:\t02"), "not inherited: O_CLOEXEC is 02000000");
    }
    assertEquals(-9, calls.duplicate(-1), "EBADF");
  }

  @Test
  void aDescriptorIsClosedOnce() {
    Descriptor once = nothing();
    int number = once.number();
    once.close();
    Descriptor next = nothing();
    // The kernel gives the lowest free number, unless the JVM takes or frees one meanwhile.
    for (int i = 0; i < 100 && next.number() != number; i++) {
      once = next;
      number = once.number();
      once.close();
      next = nothing();
    }
    assertEquals(number, next.number(), "the kernel gives the lowest free number");
    once.close();
    assertEquals(0, calls.close(next.number()), "still open");
  }

  private Descriptor nothing() {
    return new Descriptor(calls, calls.open("/dev/null", LinuxConstants.O_RDWR));
  }
}
