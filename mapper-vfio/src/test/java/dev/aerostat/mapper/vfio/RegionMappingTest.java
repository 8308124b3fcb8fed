package dev.aerostat.mapper.vfio;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.HostRefusedException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Registers that are mapped longer than their device is open, or not quite as long. */
final class RegionMappingTest {
  private static final PciAddress DEVICE = new PciAddress("0000:00:05.0");
  private static final VfioRegion REGISTERS = new VfioRegion(0, 0x2000, 0, true, true, true);

  @TempDir private Path root = Path.of("");
  private final FakeKernel kernel = new FakeKernel();
  private final FakeMappings mappings = kernel.mappings;

  @BeforeEach
  void aDevice() throws IOException {
    var files = new FakeHost(root);
    files.iommufd();
    files.device(DEVICE.text(), 7, "vfio-pci");
    files.deviceFile(DEVICE.text(), "vfio0");
  }

  @ParameterizedTest
  @EnumSource
  void registersAreThereUntilTheirMappingIsClosed(VfioBackend backend) throws Exception {
    try (VfioMapper mapper = open(backend)) {
      RegionMapping mapping = mapper.devices().getFirst().map(REGISTERS);
      MemorySegment registers = mapping.registers();
      assertEquals(REGISTERS.bytes(), registers.byteSize());
      assertEquals(Map.of(registers.address(), REGISTERS.bytes()), mappings.ofDevice);
      registers.set(JAVA_INT, 4, 17);
      assertEquals(17, registers.get(JAVA_INT, 4));
      mapping.close();
      assertThrows(IllegalStateException.class, () -> registers.get(JAVA_INT, 4));
      mapping.close();
      assertEquals(1, mappings.unmaps, "unmapped once: the address may be another's by then");
    }
    assertEquals(Map.of(), mappings.ofDevice);
    assertEquals(0, mappings.reservations, "nothing was left to take away");
  }

  /** A mapping keeps the device: the kernel would not let anybody else have it. */
  @ParameterizedTest
  @EnumSource
  void aMapperThatIsClosedFirstTakesThemAwayBeforeItsFilesAreClosed(VfioBackend backend)
      throws Exception {
    RegionMapping mapping;
    MemorySegment registers;
    try (VfioMapper mapper = open(backend)) {
      mapping = mapper.devices().getFirst().map(REGISTERS);
      registers = mapping.registers();
      kernel.atClose = () -> assertEquals(Map.of(), mappings.ofDevice, "the device is kept");
    }
    assertEquals(Set.of(), kernel.open);
    assertThrows(IllegalStateException.class, () -> registers.get(JAVA_INT, 4));
    assertEquals(
        Map.of(registers.address(), REGISTERS.bytes()),
        mappings.reserved,
        "else a vCPU's slot would meet what comes to lie there next");
    mapping.close();
    mapping.close();
    assertEquals(Map.of(), mappings.reserved);
    assertEquals(1, mappings.unmaps);
  }

  @Test
  void aHostThatReservesNothingStillGetsTheDeviceBack() throws Exception {
    RegionMapping mapping;
    try (VfioMapper mapper = open(VfioBackend.TYPE1)) {
      mapping = mapper.devices().getFirst().map(REGISTERS);
      mappings.refusesReservations = true;
    }
    assertEquals(Map.of(), mappings.ofDevice);
    mapping.close();
    assertEquals(1, mappings.unmaps);
  }

  @Test
  void aDeviceIsClosedWhateverHappensToItsMappings() throws Exception {
    VfioMapper mapper = open(VfioBackend.TYPE1);
    RegionMapping mapping = mapper.devices().getFirst().map(REGISTERS);
    mappings.failure = Optional.of(new OutOfMemoryError("as a JVM may say at any time"));
    assertThrows(OutOfMemoryError.class, mapper::close);
    assertEquals(Set.of(), kernel.open);
    mappings.failure = Optional.empty();
    mapping.close();
    mapper.close();
  }

  /** The lock on the way out is not that on the way in: nobody slips through between them. */
  @Test
  void nothingIsMappedWhileTheMapperCloses() throws Exception {
    var refusals = new ArrayList<IllegalStateException>();
    try (VfioMapper mapper = open(VfioBackend.TYPE1)) {
      VfioDevice device = mapper.devices().getFirst();
      kernel.atUnmapAll =
          () ->
              refusals.add(
                  assertThrows(IllegalStateException.class, () -> device.map(REGISTERS).close()));
    }
    assertEquals(1, refusals.size());
    assertTrue(refusals.getFirst().toString().contains(DEVICE.text()));
    assertEquals(0, mappings.unmaps);
  }

  @Test
  void whatCannotBeMappedIsRefusedByName() throws Exception {
    try (VfioMapper mapper = open(VfioBackend.TYPE1)) {
      VfioDevice device = mapper.devices().getFirst();
      var missing = new VfioRegion(2, 0, 0, false, false, false);
      var trapped = new VfioRegion(1, 256, 0, true, true, false);
      for (VfioRegion region : List.of(missing, trapped)) {
        var mistake = assertThrows(IllegalArgumentException.class, () -> device.map(region));
        assertTrue(mistake.toString().contains(region.toString()), mistake::toString);
      }
      mappings.errno = 12;
      var refusal = assertThrows(IOException.class, () -> device.map(REGISTERS));
      assertTrue(refusal.toString().contains("ENOMEM"), refusal::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void kvmIsLentTheFileThatItKnowsTheDeviceBy(VfioBackend backend) throws Exception {
    VfioDevice device;
    try (VfioMapper mapper = open(backend)) {
      device = mapper.devices().getFirst();
      String expected =
          switch (backend) {
            case TYPE1 -> "dev/vfio/7";
            case IOMMUFD -> "dev/vfio/devices/vfio0";
          };
      long answer =
          device.lendToKvm(
              number -> {
                assertEquals(expected, kernel.paths.get(number));
                return -17;
              });
      assertEquals(-17, answer);
      assertFalse(kernel.open.isEmpty());
    }
    assertThrows(IllegalStateException.class, () -> device.lendToKvm(_ -> 0));
  }

  private VfioMapper open(VfioBackend backend) throws HostRefusedException {
    return VfioMapper.open(kernel, new FakeHost(root).host(), List.of(DEVICE), backend, List.of());
  }
}
