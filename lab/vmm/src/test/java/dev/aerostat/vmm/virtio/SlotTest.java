package dev.aerostat.vmm.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.virtio.transport.PciInterrupts;
import dev.aerostat.vmm.bus.Bus;
import dev.aerostat.vmm.bus.PciBus;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine's balloon in its slots, set up as a driver does: by accesses on the guest's buses. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // Each test plugs a device in first.
final class SlotTest {
  private static final long MEMORY = 64L << 20;
  private static final long QUEUES = 0x10_0000;

  private final Arena arena = Arena.ofShared();
  private final GuestMemory memory =
      GuestMemory.of(
          List.of(new MemoryRegion(new GuestRange(0, MEMORY), arena.allocate(MEMORY, 2 << 20))));
  private final Bus ports = new Bus();
  private final Bus bus = new Bus();
  private final PciBus pci = new PciBus();
  private final List<Boolean> levels = new ArrayList<>();
  private final AtomicInteger loaded = new AtomicInteger();
  private AsyncDmaMap engine;

  @AfterEach
  void close() {
    engine.close();
    arena.close();
  }

  private void plug(BalloonSlot slot) throws Exception {
    var mapper = MapperProvider.named("sim").orElseThrow().open(MapperRequest.of(memory));
    engine = AsyncDmaMap.builder(memory, mapper, Gate.ofNoDevice()).interrupts(slot).build();
    slot.plug(engine.device());
  }

  private void write(long address, int width, long value) {
    assertTrue(bus.write(address, width, value).isDone());
  }

  // --- virtio-mmio ------------------------------------------------------------------------------

  private static final long WINDOW = 0xd000_0000L;

  private void plugMmio() throws Exception {
    var slot = new MmioBalloonSlot(levels::add, loaded::incrementAndGet);
    bus.add(WINDOW, 0x1000, slot);
    plug(slot);
  }

  private void setUpByMmio() {
    write(WINDOW + 0x70, 4, 3);
    write(WINDOW + 0x14, 4, 1);
    long high = bus.read(WINDOW + 0x10, 4);
    write(WINDOW + 0x24, 4, 1);
    write(WINDOW + 0x20, 4, high & 1); // VERSION_1.
    write(WINDOW + 0x24, 4, 0);
    write(WINDOW + 0x20, 4, 1); // MUST_TELL_HOST.
    write(WINDOW + 0x70, 4, 0xb);
    assertEquals(0xb, bus.read(WINDOW + 0x70, 4), "features are taken");
    for (int queue = 0; queue < 2; queue++) {
      write(WINDOW + 0x30, 4, queue);
      write(WINDOW + 0x38, 4, 64);
      write(WINDOW + 0x80, 4, QUEUES + queue * 0x3000L);
      write(WINDOW + 0x90, 4, QUEUES + queue * 0x3000L + 0x1000);
      write(WINDOW + 0xa0, 4, QUEUES + queue * 0x3000L + 0x2000);
      write(WINDOW + 0x44, 4, 1);
    }
    write(WINDOW + 0x70, 4, 0xf);
  }

  @Test
  void aDriverOfVirtioMmioIsHeardOnceWhenItHasSetTheDeviceUp() throws Exception {
    plugMmio();
    assertEquals(0x7472_6976, bus.read(WINDOW, 4));
    assertEquals(5, bus.read(WINDOW + 8, 4), "a balloon");
    engine.start();
    setUpByMmio();
    assertEquals(1, loaded.get());
    write(WINDOW + 0x50, 4, 0);
    bus.write(WINDOW + 0x70, 4, 0).join();
    setUpByMmio();
    assertEquals(1, loaded.get());
  }

  @Test
  void theLineOfVirtioMmioIsHighUntilTheDriverHasHeard() throws Exception {
    var slot = new MmioBalloonSlot(levels::add, loaded::incrementAndGet);
    bus.add(WINDOW, 0x1000, slot);
    plug(slot);
    slot.queue(0);
    slot.config();
    assertEquals(3, bus.read(WINDOW + 0x60, 4));
    write(WINDOW + 0x64, 4, 3);
    assertEquals(List.of(true, false), levels);
  }

  /** However long it takes: the guest's driver does not look. */
  @Test
  void aResetOnVirtioMmioTakesEffectBeforeTheVcpuGoesOn() throws Exception {
    plugMmio();
    engine.start();
    setUpByMmio();
    CompletableFuture<Void> reset = bus.write(WINDOW + 0x70, 4, 0);
    reset.join();
    assertEquals(0, bus.read(WINDOW + 0x70, 4));
  }

  // --- virtio-pci -------------------------------------------------------------------------------

  private PciSlot plugPci() throws Exception {
    var slot =
        new PciSlot(
            bus,
            new PciInterrupts() {
              @Override
              public void level(boolean high) {
                levels.add(high);
              }

              @Override
              public void message(long address, int data) {}
            },
            loaded::incrementAndGet);
    pci.plug(1, slot);
    pci.connect(ports);
    plug(slot);
    return slot;
  }

  private void config(int register, int width, long value) {
    assertTrue(ports.write(0xcf8, 4, 0x8000_0800L | (register & 0xfc)).isDone());
    assertTrue(ports.write(0xcfc + (register & 3), width, value).isDone());
  }

  @Test
  void theBarOfVirtioPciAnswersWhereTheGuestHasPutItWhileItIsSwitchedOn() throws Exception {
    PciSlot _ = plugPci();
    config(0x10, 4, 0xe000_0000L);
    assertEquals(0xff, bus.read(0xe000_0014L, 1), "memory is not switched on");
    config(4, 2, 2);
    assertEquals(0, bus.read(0xe000_0014L, 1), "the device status");
    config(0x10, 4, 0xe800_0000L);
    assertEquals(0xff, bus.read(0xe000_0014L, 1), "moved away");
    assertEquals(0, bus.read(0xe800_0014L, 1));
    config(4, 2, 0);
    assertEquals(0xff, bus.read(0xe800_0014L, 1));
  }

  @Test
  void theStatusOfVirtioPciIsThatOfTheDevice() throws Exception {
    PciSlot _ = plugPci();
    engine.start();
    config(0x10, 4, 0xe000_0000L);
    config(4, 2, 6);
    write(0xe000_0014L, 1, 1);
    assertEquals(1, bus.read(0xe000_0014L, 1));
    assertEquals(0, loaded.get(), "not set up yet");
    write(0xe000_0014L, 1, 0);
    while (bus.read(0xe000_0014L, 1) != 0) {
      Thread.onSpinWait(); // As its driver does.
    }
  }

  @Test
  void thePinOfVirtioPciIsHighUntilTheDriverHasReadWhy() throws Exception {
    PciSlot slot = plugPci();
    config(0x10, 4, 0xe000_0000L);
    config(4, 2, 2);
    slot.queue(1);
    assertEquals(1, bus.read(0xe000_1000L, 1), "the interrupt status");
    assertEquals(List.of(true, false), levels);
  }
}
