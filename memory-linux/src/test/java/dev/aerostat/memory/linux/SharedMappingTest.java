package dev.aerostat.memory.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parts of a file that another process hands over. */
final class SharedMappingTest {
  private static final long HUGE = 2 << 20;
  private static final long PAGE = 4096;

  private static Descriptor file(int flags) {
    SystemCalls calls = SystemCalls.libc();
    int number = calls.memfdCreate("shared", LinuxConstants.MFD_CLOEXEC | flags);
    assumeTrue(number >= 0, "SKIPPED: this kernel has no such files: " + number);
    return new Descriptor(calls, number);
  }

  @Test
  void ofAFileInHugePagesTheStatusTellsTheirSize() throws IOException {
    try (Descriptor usual = file(0);
        Descriptor huge =
            file(LinuxConstants.MFD_HUGETLB | (21 << LinuxConstants.MFD_HUGE_SHIFT))) {
      assertEquals(PAGE, FileStatus.of(usual.number()).pageBytes());
      assertEquals(HUGE, FileStatus.of(huge.number()).pageBytes());
    }
  }

  @Test
  void wholePagesOfTheFileAreMappedAroundThePart() {
    assertEquals(
        new SharedMapping.Part(0, HUGE, 0xc_0000, 0x4_0000),
        SharedMapping.Part.of(0xc_0000, 0x4_0000, HUGE));
    assertEquals(
        new SharedMapping.Part(HUGE, 2 * HUGE, PAGE, HUGE),
        SharedMapping.Part.of(HUGE + PAGE, HUGE, HUGE));
    assertEquals(
        new SharedMapping.Part(5 * PAGE, 2 * PAGE, 0, 2 * PAGE),
        SharedMapping.Part.of(5 * PAGE, 2 * PAGE, PAGE));
  }

  @Test
  void aPartThatBeginsWithinAPageShowsItsOwnBytesAndAllOfItIsTakenAway() throws IOException {
    List<Long> unmapped = new ArrayList<>();
    var calls =
        new ForwardingCalls(SystemCalls.libc()) {
          @Override
          public int munmap(long address, long bytes) {
            unmapped.add(bytes);
            return super.munmap(address, bytes);
          }
        };
    try (Descriptor file = file(0)) {
      assertEquals(0, calls.ftruncate(file.number(), 2 * HUGE));
      try (SharedMapping whole = SharedMapping.of(file.number(), 0, 2 * HUGE);
          SharedMapping part =
              SharedMapping.map(
                  calls, file.number(), SharedMapping.Part.of(3 * PAGE, PAGE, HUGE))) {
        whole.segment().set(JAVA_BYTE, 3 * PAGE + 7, (byte) 42);
        assertEquals(PAGE, part.segment().byteSize());
        assertEquals(42, part.segment().get(JAVA_BYTE, 7));
      }
    }
    assertEquals(List.of(HUGE), unmapped);
  }

  @Test
  void aPartBeyondTheEndIsRefused() throws IOException {
    try (Descriptor file = file(0)) {
      assertThrows(IOException.class, () -> SharedMapping.of(file.number(), 0, PAGE));
    }
  }
}
