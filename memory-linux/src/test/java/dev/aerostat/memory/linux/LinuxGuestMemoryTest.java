package dev.aerostat.memory.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LinuxGuestMemoryTest {
  private static final long PAGE = 4096;
  private static final long HUGE = 2 << 20;
  private static final GuestRange LOW = GuestRange.ofLength(0, 8 * PAGE);
  private static final GuestRange HIGH = GuestRange.ofLength((4L << 30) + 3 * PAGE, 3 * HUGE);

  @Test
  void regionsLieWhereHugePagesOfGuestAndHostCoincide() throws IOException {
    try (LinuxGuestMemory memory = allocate(new MemoryBacking.Anonymous(true))) {
      memory
          .guestMemory()
          .regions()
          .forEach(
              region ->
                  assertEquals(region.range().start() % HUGE, region.segment().address() % HUGE));
      assertTrue(memory.descriptor(LOW).isEmpty(), "anonymous memory has no file");
    }
  }

  @Test
  void memoryIsZeroedAndCostsNothingUntilItIsTouched() throws IOException {
    try (LinuxGuestMemory memory = allocate(new MemoryBacking.Anonymous(false))) {
      MemorySegment high = memory.guestMemory().region(1).segment();
      assertEquals(0, ResidentPages.in(high));
      assertEquals(0, high.get(ValueLayout.JAVA_LONG, HUGE));
    }
  }

  @Test
  void adviceForHugePagesReachesTheKernel() throws IOException {
    try (LinuxGuestMemory memory = allocate(new MemoryBacking.Anonymous(true))) {
      long address = memory.guestMemory().region(1).segment().address();
      assertTrue(flagsOfMappingAt(address).contains(" hg"), () -> flagsOfMappingAt(address));
    }
  }

  /** Its number may be another file's by then. */
  @Test
  void memoryThatIsClosedGivesNoDescriptorAway() throws IOException {
    LinuxGuestMemory memory = allocate(new MemoryBacking.Shared(false));
    memory.close();
    assertThrows(IllegalStateException.class, () -> memory.descriptor(HIGH));
  }

  @Test
  void whatIsWrittenToSharedMemoryIsInItsFile() throws IOException {
    try (LinuxGuestMemory memory = allocate(new MemoryBacking.Shared(false))) {
      memory.guestMemory().region(1).segment().set(ValueLayout.JAVA_BYTE, PAGE, (byte) 42);
      int descriptor = memory.descriptor(HIGH).orElseThrow();
      try (var file = new RandomAccessFile("/proc/self/fd/" + descriptor, "r")) {
        assertEquals(HIGH.length(), file.length());
        file.seek(PAGE);
        assertEquals(42, file.read());
      }
    }
  }

  @Test
  void afterCloseTheMemoryIsUnreachableAndItsAddressesAreFree() throws IOException {
    LinuxGuestMemory memory = allocate(new MemoryBacking.Shared(false));
    MemorySegment low = memory.guestMemory().region(0).segment();
    memory.close();
    assertThrows(IllegalStateException.class, () -> low.get(ValueLayout.JAVA_BYTE, 0));
    // The JVM may have mapped something of its own there meanwhile, but not this file.
    String area = "%x-".formatted(low.address());
    String file = "aerostat-guest-%x".formatted(LOW.start());
    try (Stream<String> areas = Files.lines(Path.of("/proc/self/maps"))) {
      assertEquals(
          List.of(), areas.filter(line -> line.startsWith(area) && line.contains(file)).toList());
    }
  }

  @Test
  void aHostWithoutHugePagesSaysWhatToDo() {
    // No host has reserved eight tebibytes of them.
    var range = List.of(GuestRange.ofLength(0, 8L << 40));
    var failure =
        assertThrows(
            IOException.class,
            () -> LinuxGuestMemory.allocate(range, new MemoryBacking.HugePages(HUGE)).close());
    assertTrue(failure.toString().contains("/sys/kernel/mm/hugepages"), failure::toString);
  }

  @Test
  void regionsThatAreNotWholeHugePagesAreTheCallersMistake() {
    var failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> allocate(new MemoryBacking.HugePages(HUGE)).close());
    assertEquals(
        "region [0x0, 0x8000) does not consist of huge pages of 0x200000 bytes",
        failure.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new MemoryBacking.HugePages(3 << 20));
  }

  private static LinuxGuestMemory allocate(MemoryBacking backing) throws IOException {
    return LinuxGuestMemory.allocate(List.of(LOW, HIGH), backing);
  }

  /** The VmFlags line of proc/self/smaps for the mapping that starts at an address. */
  private static String flagsOfMappingAt(long address) {
    try {
      String smaps = Files.readString(Path.of("/proc/self/smaps"));
      int start = smaps.indexOf("%x-".formatted(address));
      int flags = smaps.indexOf("VmFlags:", Math.max(0, start));
      return start < 0 ? "" : smaps.substring(flags, smaps.indexOf('\n', flags));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
