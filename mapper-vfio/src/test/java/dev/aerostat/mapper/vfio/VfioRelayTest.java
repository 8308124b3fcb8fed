package dev.aerostat.mapper.vfio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostRefusedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device's registers and descriptions as the kernel has them. */
final class VfioRelayTest {
  private static final PciAddress DEVICE = new PciAddress("0000:00:05.0");
  private static final long BAR = 0;
  private static final long CONFIG = 7L << 40;
  private static final List<Byte> CAPABILITIES =
      List.of((byte) 3, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0);

  @TempDir private Path root = Path.of("");
  private final FakeKernel kernel = new FakeKernel();
  private final List<VfioMapper> open = new ArrayList<>();
  private final Arena arena = Arena.ofConfined();
  private final byte[] bar = new byte[0x100];
  private final byte[] config = new byte[256];

  @BeforeEach
  void aDevice() throws IOException {
    new FakeHost(root).device(DEVICE.text(), 7, "vfio-pci");
    region(0, 7, BAR, bar, CAPABILITIES);
    region(6, 1, 6L << 40, new byte[0], List.of());
    region(7, 3, CONFIG, config, List.of());
  }

  private void region(int index, int flags, long offset, byte[] bytes, List<Byte> capabilities) {
    kernel.regions.byIndex.put(
        index, new FakeRegions.Region(flags, offset, MemorySegment.ofArray(bytes), capabilities));
  }

  @AfterEach
  void close() {
    open.forEach(VfioMapper::close);
    arena.close();
  }

  @Test
  void aDeviceIsDescribedAsTheKernelDescribesIt() throws Exception {
    VfioDevice device = device();
    VfioRelay relay = device.relay();
    assertSame(relay, device.relay());
    kernel.regions.deviceFlags = 0x83;
    assertEquals(0x83, relay.flags());
    assertEquals(9, relay.regionCount());
    assertEquals(5, relay.interruptCount());
    assertEquals(new RelayedInterrupt(2, 9, 16), relay.interrupt(2));
    kernel.refuse(FakeKernel.DEVICE_GET_INFO, Errno.EIO);
    assertRefused("cannot describe (EIO)", relay::flags);
    assertRefused("cannot describe (EIO)", relay::regionCount);
    assertRefused("cannot describe (EIO)", relay::interruptCount);
  }

  @Test
  void aRegionIsDescribedWithWhatFollowsTheStructure() throws Exception {
    VfioDevice device = device();
    assertEquals(
        new RelayedRegion(0, 7 | 8, bar.length, BAR, 32, CAPABILITIES), device.relay().region(0));
    assertEquals(new RelayedRegion(7, 3, 256, CONFIG, 0, List.of()), device.relay().region(7));
    assertEquals(new VfioRegion(0, bar.length, BAR, true, true, true), device.region(0));
    assertEquals(new VfioRegion(6, 0, 6L << 40, true, false, false), device.region(6));
  }

  @Test
  void whatTheDeviceLacksIsNamed() throws Exception {
    VfioRelay relay = device().relay();
    assertRefused("cannot describe region 8 (EINVAL)", () -> relay.region(8));
    assertRefused("cannot describe region 4294967295 (EINVAL)", () -> relay.region(-1));
    assertRefused("cannot describe interrupt 5 (EINVAL)", () -> relay.interrupt(5));
    assertRefused("cannot describe interrupt 4294967295", () -> relay.interrupt(-1));
    assertRefused("cannot describe region 9", () -> relay.read(9, 0, arena.allocate(4)));
  }

  @Test
  void anyNumberOfBytesIsReadAndWrittenWhereTheRegionLies() throws Exception {
    VfioRelay relay = device().relay();
    MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, new byte[] {1, 2, 3, 4, 5});
    relay.write(0, 0xfb, bytes);
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 5}, Arrays.copyOfRange(bar, 0xfa, 0x100));
    MemorySegment whole = arena.allocate(bar.length);
    relay.read(0, 0, whole);
    assertArrayEquals(bar, whole.toArray(JAVA_BYTE));
    relay.write(7, 0x10, bytes);
    assertEquals(3, config[0x12]);
    relay.read(7, 0, whole);
    assertArrayEquals(config, whole.toArray(JAVA_BYTE));
    int before = kernel.asked.size();
    relay.read(7, 0, whole);
    assertEquals(before, kernel.asked.size(), "described once");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 253, 4",
    "0, 256, 1",
    "0, 257, 0",
    "0, -1, 1",
    "0, -9223372036854775808, 4",
    "0, 9223372036854775807, 4",
    "0, 0, 257",
    "6, 0, 1"
  })
  void bytesThatTheRegionLacksAreRefused(int region, long offset, int bytes) throws Exception {
    VfioRelay relay = device().relay();
    MemorySegment memory = arena.allocate(bytes);
    String expected =
        "%d bytes at 0x%x of region %d: expected bytes below 0x%x"
            .formatted(bytes, offset, region, region == 0 ? bar.length : 0);
    assertMistake("read " + expected, () -> relay.read(region, offset, memory));
    assertMistake("write " + expected, () -> relay.write(region, offset, memory));
  }

  @Test
  void memoryOfTheHeapIsRefused() throws Exception {
    VfioRelay relay = device().relay();
    MemorySegment heap = MemorySegment.ofArray(new byte[4]);
    assertMistake("expected a native segment", () -> relay.read(0, 0, heap));
    assertMistake("expected a native segment", () -> relay.write(0, 0, heap));
  }

  @Test
  void anAnswerThatIsShortIsARefusal() throws Exception {
    VfioRelay relay = device().relay();
    MemorySegment bytes = arena.allocate(8);
    kernel.regions.missing = 3;
    assertRefused(
        "cannot read 8 bytes at 0x10 of region 0 (5 bytes of 8)", () -> relay.read(0, 0x10, bytes));
    assertRefused(
        "cannot write 8 bytes at 0x10 of region 0 (5 bytes of 8)",
        () -> relay.write(0, 0x10, bytes));
  }

  @Test
  void theDevicesOwnFileIsLent() throws Exception {
    VfioRelay relay = device().relay();
    long answer =
        relay.lend(
            number -> {
              assertTrue(kernel.commands.containsKey(number), "not the device's");
              return -17;
            });
    assertEquals(-17, answer);
  }

  @Test
  void nothingIsPassedOnOnceTheMapperIsClosed() throws Exception {
    VfioRelay relay = device().relay();
    MemorySegment bytes = arena.allocate(4);
    relay.read(0, 0, bytes);
    open.removeFirst().close();
    int before = kernel.asked.size();
    List<Executable> uses =
        List.of(
            relay::flags,
            relay::regionCount,
            relay::interruptCount,
            () -> relay.region(0),
            () -> relay.interrupt(0),
            () -> relay.read(0, 0, bytes),
            () -> relay.write(0, 0, bytes),
            () -> relay.lend(number -> number),
            () -> relay.setInterrupts(new InterruptRequest(0x21, 0, 0, 0, List.of(), List.of())));
    for (Executable use : uses) {
      var refusal = assertThrows(IllegalStateException.class, use);
      assertTrue(refusal.toString().contains(DEVICE.text()), refusal::toString);
    }
    relay.disableInterrupts();
    assertEquals(before, kernel.asked.size());
  }

  private VfioDevice device() throws HostRefusedException {
    VfioMapper mapper =
        VfioMapper.open(
            kernel, new FakeHost(root).host(), List.of(DEVICE), VfioBackend.TYPE1, List.of());
    open.add(mapper);
    return mapper.devices().getFirst();
  }

  private static void assertRefused(String message, Executable call) {
    String refusal = assertThrows(IOException.class, call).toString();
    assertTrue(refusal.contains(message) && refusal.contains(DEVICE.text()), refusal);
  }

  private static void assertMistake(String message, Executable call) {
    String mistake = assertThrows(IllegalArgumentException.class, call).toString();
    assertTrue(mistake.contains(message) && mistake.contains(DEVICE.text()), mistake);
  }
}
