package dev.aerostat.virtio.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioFeatures;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The register block of virtio-mmio (virtio 1.3, section 4.2.2), offsets written down again. */
final class VirtioMmioTest {
  private static final int UP = 1 | 2 | 8;

  private final ToyDevice toy = new ToyDevice();
  private final Wires wires = new Wires();
  private final VirtioMmio mmio = new VirtioMmio(toy.registers, wires);

  private long read(int offset) {
    return mmio.read(offset, 4);
  }

  private void write(int offset, long value) {
    assertTrue(mmio.write(offset, 4, value).isDone(), () -> "0x%x waits".formatted(offset));
  }

  /** Sections 3.1.1 and 4.2.3.1, up to FEATURES_OK. */
  private void negotiate() {
    write(0x070, 0);
    write(0x070, 1);
    write(0x070, 3);
    write(0x024, 1);
    write(0x020, 1);
    write(0x024, 0);
    write(0x020, 8);
    write(0x070, UP);
  }

  private void placeQueue(int index) {
    write(0x030, index);
    write(0x038, 64);
    write(0x080, 0x1000);
    write(0x084, 0);
    write(0x090, 0x2000);
    write(0x094, 0);
    write(0x0a0, 0x3000);
    write(0x0a4, 0);
    write(0x044, 1);
  }

  @Test
  void theFirstRegistersIdentifyTheDevice() {
    assertEquals(0x74726976, read(0x000));
    assertEquals(2, read(0x004));
    assertEquals(ToyDevice.ID, read(0x008));
  }

  @Test
  void featuresAreReadThroughTwoWindows() {
    assertEquals(8, read(0x010));
    write(0x014, 1);
    assertEquals(1, read(0x010));
    write(0x014, 2);
    assertEquals(0, read(0x010));
    write(0x014, 0xffff_ffffL);
    assertEquals(0, read(0x010));
  }

  @Test
  void theDriversFeaturesAreThoseOfBothWindows() {
    negotiate();
    assertEquals(UP, read(0x070));
    assertEquals(VirtioFeatures.VERSION_1 | 8, toy.registers.negotiatedFeatures());
  }

  @Test
  void aQueueIsPlacedAndReadsAsReady() {
    negotiate();
    write(0x030, 2);
    assertEquals(ToyDevice.MAX_SIZE, read(0x034));
    assertEquals(0, read(0x044));
    placeQueue(2);
    assertEquals(1, read(0x044));
    assertEquals(
        new QueueLayout(64, 0x1000, 0x2000, 0x3000), toy.registers.queueLayout(2).orElseThrow());
  }

  @Test
  void aQueueThatTheDeviceRefusesOrLacksDoesNotReadAsReady() {
    negotiate();
    placeQueue(1);
    assertEquals(0, read(0x034));
    assertEquals(0, read(0x044));
    write(0x030, 0);
    write(0x038, 63);
    write(0x044, 1);
    assertEquals(0, read(0x044));
  }

  @Test
  void theUpperHalfOfAnAddressCounts() {
    negotiate();
    write(0x030, 0);
    write(0x038, 64);
    write(0x084, 0xffff_ffffL);
    write(0x080, 0x1000);
    write(0x044, 1);
    assertEquals(0, read(0x044), "0xffffffff00001000 is not in guest memory");
  }

  @Test
  void whatIsWrittenOfAReadyQueueIsIgnored() {
    negotiate();
    placeQueue(0);
    write(0x038, 2);
    write(0x080, 0x8000);
    write(0x044, 0);
    assertEquals(0, read(0x044));
    write(0x044, 1);
    assertEquals(
        new QueueLayout(64, 0x1000, 0x2000, 0x3000), toy.registers.queueLayout(0).orElseThrow());
  }

  @Test
  void interruptsAreHighUntilAllAreAcknowledged() {
    mmio.interruptQueue();
    mmio.interruptQueue();
    mmio.interruptConfig();
    assertEquals(3, read(0x060));
    write(0x064, 1);
    assertEquals(2, read(0x060));
    assertEquals(List.of(true), wires.levels);
    write(0x064, 2);
    assertEquals(List.of(true, false), wires.levels);
  }

  @Test
  void aLineThatThrowsIsToldAgainWithTheNextChange() {
    wires.breakOnce();
    assertThrows(IllegalStateException.class, mmio::interruptQueue);
    assertEquals(1, read(0x060));
    mmio.interruptConfig();
    assertEquals(List.of(true), wires.levels);
  }

  @Test
  void aResetThatIsHeldKeepsTheWriterWaitingAndForgetsTheOldDriverOnly() {
    negotiate();
    placeQueue(0);
    mmio.interruptQueue();
    CompletableFuture<Void> reset = mmio.write(0x070, 4, 0);
    assertFalse(reset.isDone());
    assertTrue(read(0x070) != 0, "the status reads as 0 before the reset has taken effect");
    write(0x030, 2);
    CompletableFuture<Void> again = mmio.write(0x070, 4, 0);
    assertFalse(again.isDone());
    toy.completeReset();
    assertTrue(reset.isDone() && again.isDone());
    assertEquals(0, read(0x070));
    assertEquals(0, read(0x060));
    assertFalse(wires.high());
    assertEquals(0, read(0x044));
    negotiate();
    assertEquals(UP, read(0x070));
  }

  @Test
  void aLineThatThrowsInAResetHoldsNoVcpu() {
    negotiate();
    mmio.interruptQueue();
    CompletableFuture<Void> reset = mmio.write(0x070, 4, 0);
    wires.breakOnce();
    toy.completeReset();
    assertTrue(reset.isDone(), "the vCPU that wrote waits without end");
    assertEquals(0, read(0x070));
  }

  @Test
  void aResetOfTheMachineLowersTheLineAtOnce() {
    negotiate();
    mmio.interruptQueue();
    CompletableFuture<Void> reset = mmio.reset();
    assertFalse(reset.isDone());
    assertFalse(wires.high(), "what the old driver did not hear of interrupts the next");
  }

  @Test
  void aCallerWhoCancelsItsWaitDoesNotCompleteTheReset() {
    negotiate();
    boolean _ = mmio.write(0x070, 4, 0).cancel(true);
    assertTrue(read(0x070) != 0);
    toy.completeReset();
    assertEquals(0, read(0x070));
  }

  @Test
  void theDeviceIsRungByItsDoorbell() {
    int before = toy.wakes.get();
    write(0x050, 0);
    assertEquals(before + 1, toy.wakes.get());
  }

  @Test
  void theConfigSpaceIsReadAndWrittenWithAllWidths() {
    var _ = mmio.write(0x100, 8, 0x1122334455667788L);
    assertEquals(0x1122334455667788L, mmio.read(0x100, 8));
    assertEquals(0x77, mmio.read(0x101, 1));
    var _ = mmio.write(0x106, 2, 0xabcd);
    assertEquals(0xabcd3344L, mmio.read(0x104, 4));
    assertEquals(0, mmio.read(0x105, 4));
  }

  @Test
  void theGenerationIsTheDevices() {
    toy.generation = 77;
    assertEquals(77, read(0x0fc));
  }

  @Test
  void thereIsNoSharedMemory() {
    for (int offset : new int[] {0x0b0, 0x0b4, 0x0b8, 0x0bc}) {
      assertEquals(0xffff_ffffL, read(offset));
    }
  }

  @Test
  void registersAreAccessedWithAligned32BitsOnly() {
    assertEquals(0, mmio.read(0x000, 1));
    assertEquals(0, mmio.read(0x000, 8));
    assertEquals(0, mmio.read(0x002, 4));
    var _ = mmio.write(0x070, 1, 1);
    var _ = mmio.write(0x070, 8, 1);
    assertEquals(0, read(0x070));
  }
}
