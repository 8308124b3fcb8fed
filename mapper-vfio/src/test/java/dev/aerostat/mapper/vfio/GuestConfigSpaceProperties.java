package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple3;

/** Whatever a guest writes, and whenever the gate moves. */
final class GuestConfigSpaceProperties {
  private static final int MEMORY = 1 << 1;
  private static final int BUS_MASTER = 1 << 2;
  private static final int GATE = -1;

  /** Where a guest would write, mostly; -1 moves the gate. */
  @Provide
  Arbitrary<List<Tuple3<Integer, Integer, Long>>> accesses() {
    Arbitrary<Integer> registers =
        Arbitraries.oneOf(
            Arbitraries.of(GATE, 4, 4, 5, 0x10, 0x13, 0x18, 0x1c, 0x4a, 0x4c, 0x50, 0x54),
            Arbitraries.integers().between(0, 255));
    Arbitrary<Long> values =
        Arbitraries.oneOf(
            Arbitraries.of(0L, 2L, 4L, 6L, 7L, -1L, 0x1_0000L, 0xe000_0000L), Arbitraries.longs());
    return Combinators.combine(registers, Arbitraries.of(1, 2, 4), values)
        .as(Tuple::of)
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 2000)
  void theDeviceAndTheGuestsViewAgree(
      @ForAll("accesses") List<Tuple3<Integer, Integer, Long>> accesses) throws IOException {
    var device = new FakeConfigSpace();
    var gate = new BusMasterGate(device);
    var shown = new Shown(device);
    var config = new GuestConfigSpace(device, FakeConfigSpace.REGIONS, gate, shown);
    boolean open = false;
    for (Tuple3<Integer, Integer, Long> access : accesses) {
      if (access.get1() == GATE) {
        open = !open;
        if (open) {
          gate.open(() -> {});
        } else {
          gate.close(() -> {});
        }
      } else {
        config.write(access.get1(), access.get2(), access.get3());
      }
      assertFalse(!open && (device.get(4, 2) & BUS_MASTER) != 0, "DMA through a closed gate");
      shown.assertAsConfigured(config);
    }
  }

  /** What a VMM would know: which BARs answer where, and by what message. */
  private static final class Shown implements GuestConfigListener {
    private final FakeConfigSpace device;
    private final Map<Integer, Long> bars = new HashMap<>();
    private Optional<MsiMessage> message = Optional.empty();

    Shown(FakeConfigSpace device) {
      this.device = device;
    }

    @Override
    public void barMoved(VfioRegion bar, OptionalLong address) {
      assertTrue((device.get(4, 2) & MEMORY) != 0, "told while the device answers");
      if (address.isPresent()) {
        assertEquals(0, address.getAsLong() % bar.bytes());
        assertFalse(bars.containsKey(bar.index()), "shown twice");
        bars.put(bar.index(), address.getAsLong());
      } else {
        assertTrue(bars.containsKey(bar.index()), "hidden twice");
        bars.remove(bar.index());
      }
    }

    @Override
    public void messageChanged(Optional<MsiMessage> changed) {
      assertFalse(changed.equals(message), "nothing changed");
      message = changed;
    }

    private void assertAsConfigured(GuestConfigSpace config) {
      boolean on = (config.read(4, 2) & MEMORY) != 0;
      var expected = new HashMap<Integer, Long>();
      if (on) {
        expected.put(0, config.read(0x10, 4) & ~0xfL);
        expected.put(2, config.read(0x1c, 4) << 32 | (config.read(0x18, 4) & ~0xfL));
      }
      assertEquals(expected, bars);
      boolean messages = (config.read(FakeConfigSpace.MSI + 2, 2) & 1) != 0;
      assertEquals(messages, message.isPresent());
    }
  }
}
