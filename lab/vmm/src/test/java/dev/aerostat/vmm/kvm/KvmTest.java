package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.boot.LittleEndian.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What KVM is asked; its numbers are those of linux/kvm.h, written down again. */
final class KvmTest {
  private static final long SET_MEMORY = 0x4020_ae46L;
  private static final long IRQ_LINE = 0x4008_ae61L;
  private static final long ROUTING = 0x4008_ae6aL;
  private static final long IRQFD = 0x4020_ae76L;
  private static final long MSI = 0x4020_aea5L;

  private final FakeKvm kernel = new FakeKvm();
  private final Descriptor file = new Descriptor(kernel, FakeKvm.FILE);
  private final Arena arena = Arena.ofConfined();
  private final KvmInterrupts interrupts = new KvmInterrupts(file, arena);
  private final MemorySegment memory = arena.allocate(0x3000, 4096);

  @AfterEach
  void free() {
    arena.close();
  }

  @ParameterizedTest
  @CsvSource({
    "2, modprobe",
    "19, modprobe",
    "13, usermod -aG kvm",
    "1, usermod -aG kvm",
    "16, EBUSY"
  })
  void aHostWithoutKvmIsToldWhatToDo(int errno, String remedy) {
    kernel.opened = -errno;
    var refusal = assertThrows(KvmException.class, () -> Kvm.open(kernel));
    assertEquals(errno, refusal.errno());
    assertTrue(refusal.toString().contains("/dev/kvm"), refusal::toString);
    assertTrue(refusal.toString().contains(remedy), refusal::toString);
  }

  @Test
  void aKvmOfAnotherVersionOrTooOldIsRefusedAndClosed() {
    kernel.answers.put(0xae00L, _ -> 11);
    assertTrue(
        assertThrows(KvmException.class, () -> Kvm.open(kernel)).toString().contains("4.13"));
    kernel.answers.put(0xae00L, _ -> 12);
    assertTrue(
        assertThrows(KvmException.class, () -> Kvm.open(kernel))
            .toString()
            .contains("KVM_CAP_IMMEDIATE_EXIT"));
    assertEquals(List.of(FakeKvm.FILE, FakeKvm.FILE), kernel.closed);
  }

  @Test
  void memoryTakesTheLowestFreeSlotAndGivesItBack() throws KvmException {
    var slots = new MemorySlots(file, 2);
    MemorySlot first = slots.add(0, memory);
    MemorySlot second = slots.add(0x10_0000, memory);
    assertEquals(0x10_0000, second.guestAddress());
    var full = assertThrows(KvmException.class, () -> slots.add(0x20_0000, memory));
    assertEquals(Errno.ENOSPC, full.errno());
    first.close();
    first.close();
    MemorySlot _ = slots.add(0x30_0000, memory);
    List<byte[]> calls = kernel.passed(SET_MEMORY);
    assertEquals(4, calls.size());
    assertArrayEquals(region(0, 0, 0x3000), calls.get(0));
    assertArrayEquals(region(1, 0x10_0000, 0x3000), calls.get(1));
    assertArrayEquals(region(0, 0, 0), calls.get(2));
    assertArrayEquals(region(0, 0x30_0000, 0x3000), calls.get(3));
  }

  private byte[] region(int slot, long guestAddress, long size) {
    return bytes(32).put(slot).put(0).put(guestAddress).put(size).put(memory.address()).get();
  }

  @Test
  void memoryThatKvmRefusesTakesNoSlot() throws KvmException {
    var slots = new MemorySlots(file, 1);
    kernel.answers.put(SET_MEMORY, _ -> -Errno.EEXIST);
    var refusal = assertThrows(KvmException.class, () -> slots.add(0, memory));
    assertEquals(Errno.EEXIST, refusal.errno());
    kernel.answers.remove(SET_MEMORY);
    MemorySlot _ = slots.add(0, memory);
  }

  @Test
  void aPinIsSetHighAndLow() {
    interrupts.setLevel(23, true);
    interrupts.setLevel(0, false);
    assertArrayEquals(bytes(8).put(23).put(1).get(), kernel.passed(IRQ_LINE).get(0));
    assertArrayEquals(bytes(8).put(0).put(0).get(), kernel.passed(IRQ_LINE).get(1));
    assertThrows(IllegalArgumentException.class, () -> interrupts.setLevel(24, true));
    assertThrows(IllegalArgumentException.class, () -> interrupts.setLevel(-1, true));
  }

  @Test
  void aMessageGoesWhereTheGuestWantsItAndOneThatMeansNothingIsLost() {
    kernel.answers.put(MSI, _ -> -Errno.EINVAL);
    interrupts.send(0x1_fee0_1000L, 0x4021);
    assertArrayEquals(
        bytes(32).put(0xfee0_1000).put(1).put(0x4021).get(), kernel.passed(MSI).getFirst());
  }

  @Test
  void anEventfdIsTiedToAnInterruptAndUntiedOnce() throws KvmException {
    InterruptFile edge = interrupts.attach(7, 30);
    InterruptFile level = interrupts.attachLevel(8, 9, 17);
    edge.close();
    edge.close();
    level.close();
    List<byte[]> calls = kernel.passed(IRQFD);
    assertEquals(4, calls.size());
    assertArrayEquals(bytes(32).put(7).put(30).get(), calls.get(0));
    assertArrayEquals(bytes(32).put(8).put(17).put(2).put(9).get(), calls.get(1));
    assertArrayEquals(bytes(32).put(7).put(30).put(1).get(), calls.get(2));
    assertArrayEquals(bytes(32).put(8).put(17).put(1).get(), calls.get(3));
  }

  /** The pins as KVM has them before anybody sets routes: 8 of each PIC, 24 of the I/O APIC. */
  @Test
  void aRouteIsAddedToThePinsChangedAndRemoved() throws KvmException {
    int first = interrupts.addRoute(0xfee0_0000L, 0x41);
    int second = interrupts.addRoute(0xfee0_1000L, 0x42);
    interrupts.changeRoute(first, 0xfee0_2000L, 0x43);
    interrupts.removeRoute(first);
    assertEquals(List.of(24, 25), List.of(first, second));
    List<byte[]> tables = kernel.passed(ROUTING);
    assertEquals(4, tables.size());
    assertEquals(8 + 48 * 41, tables.get(0).length);
    assertArrayEquals(pin(9, 1, 1), entry(tables.get(0), 18));
    assertArrayEquals(pin(9, 2, 9), entry(tables.get(0), 19));
    assertArrayEquals(pin(23, 2, 23), entry(tables.get(0), 39));
    assertArrayEquals(message(24, 0xfee0_2000, 0x43), entry(tables.get(2), 40));
    assertArrayEquals(message(25, 0xfee0_1000, 0x42), entry(tables.get(3), 40));
    assertEquals(8 + 48 * 41, tables.get(3).length);
  }

  private static byte[] pin(int gsi, int controller, int pin) {
    return bytes(48).put(gsi).put(1).put(0).put(0).put(controller).put(pin).get();
  }

  private static byte[] message(int gsi, int address, int data) {
    return bytes(48).put(gsi).put(2).put(0).put(0).put(address).put(0).put(data).get();
  }

  private static byte[] entry(byte[] table, int index) {
    return Arrays.copyOfRange(table, 8 + 48 * index, 8 + 48 * (index + 1));
  }

  @Test
  void aRouteThatKvmRefusesIsNotRemembered() throws KvmException {
    kernel.answers.put(ROUTING, _ -> -Errno.EINVAL);
    assertThrows(KvmException.class, () -> interrupts.addRoute(0, 0));
    kernel.answers.remove(ROUTING);
    assertEquals(24, interrupts.addRoute(0xfee0_0000L, 1));
  }
}
