package dev.aerostat.vmm.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class BusTest {
  private final Bus bus = new Bus();

  /** Answers with its offset, and writes down what is written to it. */
  static final class Recorder implements BusDevice {
    final List<String> writes = new ArrayList<>();
    CompletableFuture<Void> effect = DONE;

    @Override
    public long read(long offset, int width) {
      return 0xaaaa_aaaa_aaaa_aa00L | offset;
    }

    @Override
    public CompletableFuture<Void> write(long offset, int width, long value) {
      writes.add("%x:%d=%x".formatted(offset, width, value));
      return effect;
    }
  }

  @Test
  void anAccessReachesTheDeviceWhoseWindowItIsInAtItsOffset() {
    var first = new Recorder();
    var second = new Recorder();
    BusWindow _ = bus.add(0x100, 8, first);
    BusWindow _ = bus.add(0x108, 8, second);
    assertEquals(0x07, bus.read(0x107, 1));
    assertEquals(0xaa00, bus.read(0x108, 2));
    var _ = bus.write(0x10f, 4, 0x1122_3344_5566L);
    assertEquals(List.of("7:4=33445566"), second.writes);
    assertTrue(first.writes.isEmpty());
  }

  @Test
  void whereNobodyAnswersAllBitsAreSetAndWritesAreDone() {
    assertEquals(0xff, bus.read(0x80, 1));
    assertEquals(0xffff, bus.read(0x80, 2));
    assertEquals(0xffff_ffffL, bus.read(-1, 4));
    assertEquals(-1, bus.read(Long.MIN_VALUE, 8));
    assertSame(BusDevice.DONE, bus.write(0x80, 1, 0));
  }

  @Test
  void aReadIsCutToItsWidthAlsoAcrossPages() {
    BusWindow _ = bus.add(0, 0x1000, new Recorder());
    assertEquals(0xaaaa_05L, bus.read(5, 3));
    assertEquals(0xaaaa_aaaa_aaaa_aa05L, bus.read(5, 8));
  }

  @Test
  void aWindowThatMovesIsFoundInItsNewPlaceOnly() {
    var device = new Recorder();
    BusWindow window = bus.add(BusWindow.HIDDEN, 0x1000, device);
    assertEquals(0xff, bus.read(-1, 1), "hidden");
    window.moveTo(0xe000_0000L);
    assertEquals(0x04, bus.read(0xe000_0004L, 1));
    window.moveTo(BusWindow.HIDDEN);
    assertEquals(0xff, bus.read(0xe000_0004L, 1));
  }

  @Test
  void aWindowAtTheEndOfAllAddressesDoesNotWrapRound() {
    BusWindow _ = bus.add(-0x1000, 0x2000, new Recorder());
    assertEquals(0x10, bus.read(-0x1000 + 0x10, 1));
    assertEquals(0xff, bus.read(Long.MAX_VALUE, 1));
  }

  @Test
  void whereWindowsOverlapTheFirstDeviceAnswers() {
    BusWindow _ = bus.add(0xcf9, 1, new Recorder());
    var second = new Recorder();
    BusWindow _ = bus.add(0xcf8, 4, second);
    var _ = bus.write(0xcf9, 1, 6);
    var _ = bus.write(0xcf8, 4, 5);
    assertEquals(List.of("0:4=5"), second.writes);
  }

  @Test
  void aWriteTakesEffectWhenItsDeviceSaysSo() {
    var device = new Recorder();
    device.effect = new CompletableFuture<>();
    BusWindow _ = bus.add(0, 8, device);
    assertSame(device.effect, bus.write(0, 1, 1));
  }
}
