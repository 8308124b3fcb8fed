package dev.aerostat.guest.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.SparseMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DriverRingTest {
  private static final long BASE = 0x2000;
  private static final int SIZE = 4;

  private final SparseMemory sparse = Lab.sparse(Lab.MIB);
  private final GuestMemory memory = sparse.guestMemory();
  private final MemorySegment ram = memory.region(0).segment();
  private DriverRing ring = new DriverRing(memory, BASE, SIZE, false);

  @AfterEach
  void freeMemory() {
    sparse.close();
  }

  @Test
  void theThreePartsLieWhereTheSpecificationWantsThem() {
    assertEquals(BASE, ring.descriptorTable());
    assertEquals(BASE + 64, ring.availableRing());
    assertEquals(BASE + 64 + 16, ring.usedRing());
    assertEquals(64 + 16 + 38, DriverRing.bytes(SIZE));
  }

  @Test
  void aBufferBecomesVisibleOnlyWhenPublished() {
    int head = ring.add(0x5000, 1024);
    ring.makeAvailable(head);
    assertEquals(0, u16(ring.availableRing() + 2));
    assertTrue(ring.publish());
    assertEquals(1, u16(ring.availableRing() + 2));
    assertEquals(head, u16(ring.availableRing() + 4));
    assertDescriptor(ring.descriptorTable() + 16L * head, 0x5000, 1024, 0);
  }

  @Test
  void aChainLinksItsDescriptorsAndMarksTheWritableOnes() {
    int head =
        ring.add(List.of(new RingBuffer(0x5000, 8, false), new RingBuffer(0x6000, 16, true)));
    long first = ring.descriptorTable() + 16L * head;
    assertDescriptor(first, 0x5000, 8, 1);
    assertDescriptor(ring.descriptorTable() + 16L * u16(first + 14), 0x6000, 16, 2);
    assertEquals(SIZE - 2, ring.freeDescriptors());
  }

  @Test
  void anIndirectChainTakesOneDescriptor() {
    var chain = List.of(new RingBuffer(0x5000, 8, false), new RingBuffer(0x6000, 16, true));
    int head = ring.addIndirect(0x8000, chain, memory);
    assertDescriptor(ring.descriptorTable() + 16L * head, 0x8000, 32, 4);
    assertDescriptor(0x8000, 0x5000, 8, 1);
    assertDescriptor(0x8010, 0x6000, 16, 2);
    assertEquals(SIZE - 1, ring.freeDescriptors());
  }

  @Test
  void usedChainsAreFreedInWhateverOrderTheyComeBack() {
    for (int round = 0; round < 100_000; round++) {
      int first = ring.add(0x5000, 4);
      int second =
          ring.add(List.of(new RingBuffer(0x6000, 4, false), new RingBuffer(0x7000, 4, true)));
      ring.makeAvailable(first);
      ring.makeAvailable(second);
      ring.publish();
      use(2 * round, second, 7);
      assertEquals(second, ring.pollUsed());
      assertEquals(7, ring.lastUsedLength());
      assertEquals(-1, ring.pollUsed());
      use(2 * round + 1, first, 0);
      assertEquals(first, ring.pollUsed());
      assertEquals(SIZE, ring.freeDescriptors());
    }
  }

  @Test
  void aChainThatDoesNotFitIsTheCallersMistake() {
    ring.add(0x5000, 4);
    var four = List.of(1, 2, 3, 4).stream().map(i -> new RingBuffer(i, 4, false)).toList();
    assertThrows(IllegalStateException.class, () -> ring.add(four));
    assertThrows(IllegalArgumentException.class, () -> ring.add(List.of()));
  }

  @Test
  void withoutTheEventIndexTheUsedFlagSilencesNotifications() {
    ram.set(ValueLayout.JAVA_SHORT, ring.usedRing(), (short) 1);
    ring.makeAvailable(ring.add(0x5000, 4));
    assertFalse(ring.publish());
  }

  @Test
  void withTheEventIndexTheDeviceSaysWhichBufferItWantsToHearOf() {
    ring = new DriverRing(memory, BASE, SIZE, true);
    long availEvent = ring.usedRing() + 4 + 8 * SIZE;
    ram.set(ValueLayout.JAVA_SHORT, availEvent, (short) 1);
    ring.makeAvailable(ring.add(0x5000, 4));
    assertFalse(ring.publish());
    ring.makeAvailable(ring.add(0x5000, 4));
    assertTrue(ring.publish());
    ring.makeAvailable(ring.add(0x5000, 4));
    assertFalse(ring.publish());
  }

  @Test
  void withTheEventIndexTheDriverAsksForAnInterruptAtTheNextChain() {
    ring = new DriverRing(memory, BASE, SIZE, true);
    int head = ring.add(0x5000, 4);
    ring.makeAvailable(head);
    ring.publish();
    use(0, head, 0);
    ring.pollUsed();
    assertEquals(1, u16(ring.availableRing() + 4 + 2 * SIZE));
  }

  @Test
  void aUsedIndexThatRanAheadIsNamed() {
    ring.makeAvailable(ring.add(0x5000, 4));
    ring.publish();
    ram.set(ValueLayout.JAVA_SHORT, ring.usedRing() + 2, (short) 0xBEEF);
    var failure = assertThrows(DeviceMisbehavedException.class, ring::pollUsed);
    assertEquals(
        "the used index went from 0 to 48879, but the device has 1 chains", failure.getMessage());
  }

  @Test
  void aUsedElementThatNamesNoChainIsNamed() {
    int head = ring.add(0x5000, 4);
    ring.makeAvailable(head);
    ring.publish();
    use(0, head + 1, 0);
    assertThrows(DeviceMisbehavedException.class, ring::pollUsed);
    use(0, -1, 0);
    var failure = assertThrows(DeviceMisbehavedException.class, ring::pollUsed);
    assertEquals(
        "used element 0 names chain 4294967295, which the device does not have",
        failure.getMessage());
  }

  @Test
  void aRingOutsideRamIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new DriverRing(memory, Lab.MIB - 64, SIZE, false));
    assertThrows(IllegalArgumentException.class, () -> new DriverRing(memory, BASE, 3, false));
    assertThrows(IllegalArgumentException.class, () -> new DriverRing(memory, 8, SIZE, false));
  }

  @Test
  void nonsenseCanBeWritten() {
    ring.overwrite(2, -1, -1, 0xFFFF, 2);
    ring.makeAvailable(0xFFFF);
    assertDescriptor(ring.descriptorTable() + 32, -1, -1, 0xFFFF);
    assertEquals(0xFFFF, u16(ring.availableRing() + 4));
  }

  private void use(int index, int head, int length) {
    long element = ring.usedRing() + 4 + 8L * (index & (SIZE - 1));
    ram.set(ValueLayout.JAVA_INT, element, head);
    ram.set(ValueLayout.JAVA_INT, element + 4, length);
    ram.set(ValueLayout.JAVA_SHORT, ring.usedRing() + 2, (short) (index + 1));
  }

  private void assertDescriptor(long at, long address, int length, int flags) {
    assertEquals(address, ram.get(ValueLayout.JAVA_LONG, at));
    assertEquals(length, ram.get(ValueLayout.JAVA_INT, at + 8));
    assertEquals(flags, u16(at + 12));
  }

  private int u16(long at) {
    return ram.get(ValueLayout.JAVA_SHORT, at) & 0xFFFF;
  }
}
