package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest looks at its device, and moves it about. */
final class GuestConfigSpaceTest {
  private static final int COMMAND = 4;
  private static final int BAR_0 = 0x10;
  private static final int BAR_2 = 0x18;
  private static final int MEMORY = 1 << 1;
  private static final int BUS_MASTER = 1 << 2;
  private static final int MSI = FakeConfigSpace.MSI;
  private static final int MSI_ENABLE = 1;

  /** How addresses of the host begin. */
  private static final long HOST = FakeConfigSpace.HOST_ADDRESS >>> 24;

  private final FakeConfigSpace device = new FakeConfigSpace();
  private final List<String> events = device.events;
  private final BusMasterGate gate = new BusMasterGate(device);
  private final GuestConfigSpace config = configure();

  private GuestConfigSpace configure() {
    try {
      return new GuestConfigSpace(device, FakeConfigSpace.REGIONS, gate, new Recorder(events));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private record Recorder(List<String> events) implements GuestConfigListener {
    @Override
    public void barMoved(VfioRegion bar, OptionalLong address) {
      String where = address.isPresent() ? "0x%x".formatted(address.getAsLong()) : "nowhere";
      events.add("BAR %d at %s".formatted(bar.index(), where));
    }

    @Override
    public void messageChanged(Optional<MsiMessage> message) {
      events.add(
          message
              .map(it -> "message 0x%x to 0x%x".formatted(it.data(), it.address()))
              .orElse("no messages"));
    }
  }

  @BeforeEach
  void forgetHowItBegan() {
    events.clear();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 4, 11e81234",
    "2, 2, 11e8",
    "8, 4, ff0010",
    "a, 2, ff",
    "e, 1, 0",
    "f, 1, 0",
    "2c, 4, 11001af4",
    "3c, 4, 10b",
    "3d, 1, 1"
  })
  void theGuestFindsTheDeviceAsOneFunctionWithoutSelfTest(String at, int width, String value) {
    int register = Integer.parseInt(at, 16);
    assertEquals(Long.parseLong(value, 16), config.read(register, width));
    config.write(register, width, -1);
    int line = 0x3c;
    long written = register == line ? 0x1ff : Long.parseLong(value, 16);
    assertEquals(written, config.read(register, width), "the interrupt line alone is writable");
  }

  @Test
  void ofItsCapabilitiesTheGuestFindsMsiAlone() {
    assertEquals(0x10, config.read(6, 2));
    assertEquals(MSI, config.read(0x34, 4));
    assertEquals(0x0080_0005, config.read(MSI, 4), "one vector, 64 bits, no masks, the last");
    for (int at = 0x40; at < 0x100; at += 4) {
      if (at != MSI) {
        assertEquals(0, config.read(at, 4), Integer.toHexString(at));
        if (at < MSI || at > MSI + 12) {
          config.write(at, 4, -1);
          assertEquals(0, config.read(at, 4), Integer.toHexString(at));
        }
      }
    }
    assertEquals(List.of(), events);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0x40})
  void aDeviceWithoutMsiOrWithAListThatGoesRoundHasNone(int next) throws IOException {
    device.put(0x41, 1, next);
    var bare = new GuestConfigSpace(device, FakeConfigSpace.REGIONS, gate, new Recorder(events));
    assertEquals(0, bare.read(6, 2));
    assertEquals(0, bare.read(0x34, 1));
    assertEquals(0, bare.read(MSI, 4));
  }

  @Test
  void noAddressOfTheHostIsSeen() {
    for (int at = 0; at < 0x100; at += 4) {
      assertNotEquals(HOST, config.read(at, 4) >> 24, "at 0x%x".formatted(at));
    }
  }

  /** As Linux does it: {@code __pci_read_base}. */
  @Test
  void aBarIsSizedAndPlaced() {
    assertEquals(0, config.read(BAR_0, 4));
    config.write(BAR_0, 4, 0xffff_ffffL);
    assertEquals(0xfff0_0000L, config.read(BAR_0, 4));
    config.write(BAR_0, 4, 0xe000_0000L);
    config.write(BAR_2, 4, 0xffff_ffffL);
    config.write(BAR_2 + 4, 4, 0xffff_ffffL);
    assertEquals(0xffff_c00cL, config.read(BAR_2, 4));
    assertEquals(0xffff_ffffL, config.read(BAR_2 + 4, 4));
    config.write(BAR_2, 4, 0x8000_0000L);
    config.write(BAR_2 + 4, 4, 0x12);
    events.clear();
    config.write(COMMAND, 2, MEMORY);
    assertEquals(List.of("command 0x2", "BAR 0 at 0xe0000000", "BAR 2 at 0x1280000000"), events);
  }

  /** Else a vCPU would fault at a mapping that the kernel has taken the pages from. */
  @Test
  void aBarIsHiddenBeforeTheDeviceAnswersNoMore() {
    config.write(BAR_0, 4, 0xe000_0000L);
    config.write(COMMAND, 1, MEMORY);
    events.clear();
    config.write(COMMAND, 2, MEMORY | 0x400);
    assertEquals(List.of("command 0x402"), events, "nothing moves");
    events.clear();
    config.write(COMMAND, 2, 0x400);
    assertEquals(List.of("BAR 0 at nowhere", "BAR 2 at nowhere", "command 0x400"), events);
  }

  @Test
  void aBarThatMovesWhileItAnswersIsHiddenInBetween() {
    config.write(COMMAND, 2, MEMORY);
    events.clear();
    config.write(BAR_2 + 4, 4, 0x34);
    assertEquals(List.of("BAR 2 at nowhere", "write 0x1c", "BAR 2 at 0x3400000000"), events);
    events.clear();
    config.write(BAR_0 + 3, 1, 0xe1);
    assertEquals(List.of("BAR 0 at nowhere", "write 0x10", "BAR 0 at 0xe1000000"), events);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x14, 0x20, 0x24, 0x28, 0x30})
  void whatCannotBeMappedIsNotThere(int register) {
    config.write(register, 4, -1);
    assertEquals(0, config.read(register, 4));
    assertEquals(List.of(), events);
    assertEquals(
        List.of(0, 2), config.bars().stream().map(VfioRegion::index).toList(), "the others");
  }

  @Test
  void busMasteringWaitsForTheGateHoweverWideTheWrite() {
    var wishes = new ArrayList<String>();
    gate.onDmaWanted(() -> wishes.add("wanted"));
    config.write(COMMAND, 4, MEMORY | BUS_MASTER);
    assertEquals(MEMORY, device.get(COMMAND, 2));
    assertEquals(MEMORY | BUS_MASTER, config.read(COMMAND, 2));
    config.write(COMMAND + 1, 1, 4);
    assertEquals(MEMORY | 0x400, device.get(COMMAND, 2), "a byte leaves the other alone");
    assertEquals(List.of("wanted"), wishes);
    gate.open(() -> {});
    assertEquals(MEMORY | 0x400 | BUS_MASTER, device.get(COMMAND, 2));
  }

  @Test
  void bitsOfTheStatusAreClearedAlone() {
    config.write(6, 2, 0xf900);
    assertEquals(List.of("write 0x6"), events, "the command is not written with it");
    assertEquals(0xf900, device.get(6, 2));
  }

  @Test
  void messagesAreToldOfWhileTheyAreOn() {
    config.write(MSI + 4, 4, 0xfee0_1003L);
    config.write(MSI + 8, 4, 1);
    config.write(MSI + 12, 2, 0x4041);
    assertEquals(List.of(), events);
    config.write(MSI + 2, 2, 0x70 | MSI_ENABLE);
    assertEquals(List.of("message 0x4041 to 0x1fee01000"), events);
    assertEquals(0x81, config.read(MSI + 2, 2), "no more than one vector is chosen");
    config.write(MSI + 2, 2, MSI_ENABLE);
    config.write(MSI + 12, 4, 0x1234_4042);
    assertEquals("message 0x4042 to 0x1fee01000", events.getLast());
    config.write(MSI + 2, 1, 0);
    assertEquals("no messages", events.getLast());
    assertEquals(3, events.size());
  }

  @Test
  void aMessageOf32BitsHasItsDataWhereItsCapabilitySays() throws IOException {
    device.put(MSI + 2, 2, 0);
    var narrow = new GuestConfigSpace(device, FakeConfigSpace.REGIONS, gate, new Recorder(events));
    events.clear();
    narrow.write(MSI + 4, 4, 0xfee0_0000L);
    narrow.write(MSI + 8, 2, 0x41);
    narrow.write(MSI, 4, 0x1_0005);
    assertEquals(List.of("message 0x41 to 0xfee00000"), events);
    assertEquals(0, narrow.read(MSI + 12, 4));
  }

  @Test
  void aRebootTakesEverythingBack() throws IOException {
    config.write(BAR_0, 4, 0xe000_0000L);
    config.write(COMMAND, 2, MEMORY | BUS_MASTER);
    config.write(MSI + 2, 2, MSI_ENABLE);
    events.clear();
    config.reset();
    assertEquals(
        List.of("BAR 0 at nowhere", "BAR 2 at nowhere", "no messages", "command 0x0"),
        events.subList(0, 4));
    assertEquals(0, config.read(BAR_0, 4));
    assertEquals(0, config.read(COMMAND, 2));
    assertEquals(0x80, config.read(MSI + 2, 2));
    gate.open(() -> {});
    assertEquals(0, device.get(COMMAND, 2), "the wish is forgotten");
  }

  @Test
  void aListenerThatCannotHideABarKeepsTheWriteFromTheDevice() throws IOException {
    var failing =
        new GuestConfigSpace(
            device,
            FakeConfigSpace.REGIONS,
            gate,
            new GuestConfigListener() {
              @Override
              public void barMoved(VfioRegion bar, OptionalLong address) {
                if (address.isEmpty()) {
                  throw new IllegalStateException("still in use");
                }
              }

              @Override
              public void messageChanged(Optional<MsiMessage> message) {}
            });
    failing.write(COMMAND, 2, MEMORY);
    assertThrows(IllegalStateException.class, () -> failing.write(COMMAND, 2, 0));
    assertEquals(MEMORY, device.get(COMMAND, 2));
  }

  @Test
  void aDeviceThatIsLostReadsAsAllBitsSet() {
    device.answers = false;
    for (int at = 0; at < 0x40; at += 4) {
      config.write(at, 4, -1);
    }
    assertEquals(0xffff_ffffL, config.read(0, 4));
    assertEquals(0xffff, config.read(COMMAND, 2));
    assertEquals(0xff, config.read(BAR_0 + 3, 1));
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "3, 2", "2, 3", "0, 8", "-4, 4", "256, 4", "2147483647, 1", "4, 16"})
  void anAccessThatIsNoneDoesNothing(int register, int width) {
    config.write(register, width, -1);
    assertEquals(List.of(), events);
    assertEquals(0, ~config.read(register, width) & 1, "nobody answers");
  }
}
