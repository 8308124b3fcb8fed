package dev.aerostat.vmm.boot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinuxLoaderTest {
  private static final long MEMORY = 64L << 20;
  private static final long PARAMETERS = 0x7000;

  @TempDir private Path directory;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment low = arena.allocate(MEMORY, 4096);
  private final GuestMemory memory =
      GuestMemory.of(List.of(new MemoryRegion(new GuestRange(0, MEMORY), low)));

  @AfterEach
  void free() {
    arena.close();
  }

  private BootEntry load(FakeKernelImage kernel, Optional<Path> initramfs, String commandLine)
      throws IOException {
    return new LinuxLoader(memory).load(kernel.in(directory), initramfs, commandLine, 0xe0000);
  }

  private Path initramfs(int bytes) throws IOException {
    var content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) (i * 13);
    }
    return Files.write(directory.resolve("initrd"), content);
  }

  private byte[] bytes(long at, int count) {
    return low.asSlice(at, count).toArray(JAVA_BYTE);
  }

  private int number(long at) {
    return low.get(JAVA_INT_UNALIGNED, PARAMETERS + at);
  }

  @Test
  void theKernelLiesWhereItWantsToBeAndIsEnteredInIts64BitCode() throws IOException {
    var kernel = new FakeKernelImage();
    BootEntry entry = load(kernel, Optional.empty(), "");
    assertArrayEquals(kernel.code(), bytes(FakeKernelImage.ADDRESS, kernel.code().length));
    assertEquals(FakeKernelImage.ADDRESS + 0x200, entry.instruction());
    assertEquals(PARAMETERS, entry.parameters());
  }

  @Test
  void theParametersHaveTheKernelsHeaderAndWhatItIsBootedWith() throws IOException {
    var kernel = new FakeKernelImage();
    Path initramfs = initramfs(100_001);
    BootEntry _ = load(kernel, Optional.of(initramfs), "console=ttyS0 tür");
    byte[] header = kernel.header();
    header[0x210 - 0x1f1] = (byte) 0xff; // The loader, which has no number.
    long address = Integer.toUnsignedLong(number(0x218));
    fill(header, 0x218, (int) address);
    fill(header, 0x21c, 100_001);
    fill(header, 0x228, number(0x228));
    assertArrayEquals(header, bytes(PARAMETERS + 0x1f1, header.length));
    assertArrayEquals(Files.readAllBytes(initramfs), bytes(address, 100_001));
    assertEquals(0, address % 4096);
    assertTrue(address + 100_001 <= MEMORY);
    assertEquals("console=ttyS0 tür", low.getString(number(0x228)));
    assertEquals(0xe0000, low.get(JAVA_LONG_UNALIGNED, PARAMETERS + 0x70), "ACPI");
  }

  private static void fill(byte[] header, int at, int value) {
    for (int i = 0; i < 4; i++) {
      header[at - 0x1f1 + i] = (byte) (value >> (8 * i));
    }
  }

  @Test
  void theMapOfMemoryHasAllRamButTheEndOfTheFirstMib() throws IOException {
    BootEntry _ = load(new FakeKernelImage(), Optional.empty(), "");
    assertEquals(3, low.get(JAVA_BYTE, PARAMETERS + 0x1e8));
    assertMapEntry(0, 0, 0x9fc00, 1);
    assertMapEntry(1, 0x9fc00, 0x100000, 2);
    assertMapEntry(2, 0x100000, MEMORY, 1);
  }

  @Test
  void ramAboveTheHoleIsInTheMapToo() {
    MemorySegment page = arena.allocate(4096);
    var parameters = new BootParameters(page, arena.allocate(16));
    BootParameters _ = parameters.memory(new AddressMap(8L << 30).ram());
    assertEquals(4, page.get(JAVA_BYTE, 0x1e8));
    long last = 0x2d0 + 3 * 20;
    assertEquals(4L << 30, page.get(JAVA_LONG_UNALIGNED, last));
    assertEquals(5L << 30, page.get(JAVA_LONG_UNALIGNED, last + 8));
  }

  private void assertMapEntry(int index, long start, long end, int type) {
    long at = PARAMETERS + 0x2d0 + 20L * index;
    assertEquals(start, low.get(JAVA_LONG_UNALIGNED, at));
    assertEquals(end - start, low.get(JAVA_LONG_UNALIGNED, at + 8));
    assertEquals(type, low.get(JAVA_INT_UNALIGNED, at + 16));
  }

  /** Walks the tables as the processor does (Intel SDM volume 3, 4.5). */
  @Test
  void pageTablesMapTheFirst4GibToThemselves() throws IOException {
    long root = load(new FakeKernelImage(), Optional.empty(), "").pageTables();
    var random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      long address = random.nextLong(1L << 32);
      assertEquals(address, translate(root, address));
    }
    assertEquals(0, low.get(JAVA_LONG_UNALIGNED, root + 8), "nothing beyond 512 GiB");
  }

  private long translate(long root, long address) {
    long middle = follow(root, address >> 39 & 511);
    long directoryTable = follow(middle, address >> 30 & 511);
    long entry = low.get(JAVA_LONG_UNALIGNED, directoryTable + 8 * (address >> 21 & 511));
    assertEquals(0x83, entry & 0xfff, "present, writable, of 2 MiB");
    return (entry & -0x20_0000) + (address & 0x1f_ffff);
  }

  private long follow(long table, long index) {
    long entry = low.get(JAVA_LONG_UNALIGNED, table + 8 * index);
    assertEquals(3, entry & 0xfff, "present, writable");
    return entry & -4096;
  }

  @Test
  void theSegmentsAreThoseThatTheProtocolNames() throws IOException {
    long segments = load(new FakeKernelImage(), Optional.empty(), "").segments();
    assertEquals(0x00af_9b00_0000_ffffL, low.get(JAVA_LONG_UNALIGNED, segments + 0x10));
    assertEquals(0x00cf_9300_0000_ffffL, low.get(JAVA_LONG_UNALIGNED, segments + 0x18));
  }

  @Test
  void aFileThatIsNoKernelIsRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "no kernel");
    assertRefused("bzImage", () -> new LinuxLoader(memory).load(text, Optional.empty(), "", 0));
    assertRefused("bzImage", () -> load(new FakeKernelImage().put(0x202, 0), Optional.empty(), ""));
    assertRefused("x86-64", () -> load(new FakeKernelImage().put(0x234, 1), Optional.empty(), ""));
  }

  @Test
  void aKernelThatNeedsMoreMemoryThanThereIsIsRefusedWithBothNumbers() {
    assertRefused(
        "0x5000000, and the guest has it up to 0x4000000",
        () -> load(new FakeKernelImage().put(0x260, 64 << 20), Optional.empty(), ""));
  }

  @Test
  void anInitramfsThatDoesNotFitAboveTheKernelIsRefused() throws IOException {
    Path initramfs = initramfs(48 << 20);
    assertRefused("does not fit", () -> load(new FakeKernelImage(), Optional.of(initramfs), ""));
  }

  @Test
  void aCommandLineThatTheKernelDoesNotTakeIsRefused() {
    assertRefused(
        "at most 2047", () -> load(new FakeKernelImage(), Optional.empty(), "x".repeat(2048)));
  }

  @Test
  void aKernelMayHaveAnyHeaderWithoutHarm() throws IOException {
    var random = new SplittableRandom(7);
    for (int i = 0; i < 300; i++) {
      var kernel = new FakeKernelImage();
      for (int field : new int[] {0x1f0, 0x22c, 0x230, 0x238, 0x258, 0x25c, 0x260}) {
        if (random.nextBoolean()) {
          FakeKernelImage _ = kernel.put(field, random.nextInt());
        }
      }
      try {
        BootEntry _ = load(kernel, Optional.of(initramfs(4096)), "quiet");
      } catch (IOException refused) {
        assertTrue(String.valueOf(refused.getMessage()).length() > 10);
      }
    }
  }

  private static void assertRefused(String what, Load load) {
    var refusal = assertThrows(IOException.class, load::run);
    assertTrue(String.valueOf(refusal.getMessage()).contains(what), refusal::toString);
  }

  private interface Load {
    void run() throws IOException;
  }
}
