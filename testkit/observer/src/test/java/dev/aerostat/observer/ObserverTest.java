package dev.aerostat.observer;

import static dev.aerostat.observer.HandRing.INDIRECT;
import static dev.aerostat.observer.HandRing.NEXT;
import static dev.aerostat.observer.HandRing.WRITE;
import static dev.aerostat.observer.ObserverFixture.HIGH;
import static dev.aerostat.observer.ObserverFixture.HIGH_END;
import static dev.aerostat.observer.ObserverFixture.LOW_END;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.RefusalCause;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ObserverTest {
  private final ObserverFixture rig = ObserverFixture.plain();

  @Test
  void aWholeBootWithinTheRulesIsCountedExactly() {
    rig.balloon(0, HIGH, HIGH + 100);
    rig.balloon(1, HIGH + 100, HIGH + 300);
    rig.map(0, LOW_END);
    rig.map(HIGH + 300, HIGH_END);
    rig.openGate();
    rig.map(HIGH + 200, HIGH + 300);
    rig.now = 1000;
    rig.offerDeflate(0, HIGH + 150, HIGH + 300);
    rig.map(HIGH, HIGH + 200);
    rig.now = 1700;
    rig.returnDeflate(0);
    rig.offerDeflate(1, HIGH, HIGH + 150);
    rig.returnDeflate(1);

    assertEquals(
        new Accounting(
            2048,
            0,
            0,
            2048,
            4,
            4,
            new Accounting.Inflates(2, 300, 0),
            new Accounting.Deflates(
                2, 300, 250, 50, OptionalLong.of(0), OptionalLong.of(700), OptionalLong.of(700))),
        rig.observer.finish());
    assertFine();
  }

  @Test
  void aPageIsTheGuestsUntilItsInflateIsReturned() {
    rig.map(0, LOW_END);
    rig.map(HIGH + 4, HIGH_END);
    rig.inflate.offerRange(0, HIGH, HIGH + 4);
    rig.openGate();
    assertBroken(Check.OPENED_UNMAPPED, "[0x100000000, 0x100004000)");
    assertEquals(4, rig.observer.accounting().inflate().outstandingPages());
  }

  @Test
  void aPageIsNobodysWhileItsDeflateIsWithTheDevice() {
    rig.balloon(0, HIGH, HIGH + 4);
    rig.offerDeflate(0, HIGH + 2, HIGH + 6);
    Accounting accounting = rig.observer.accounting();
    assertEquals(2, accounting.balloonedPages());
    assertEquals(2, accounting.leavingPages());
    assertEquals(2044, accounting.guestOwnedPages());
    rig.discard(rig.host(HIGH), 4);
    assertBroken(Check.DISCARD_IN_USE, "[0x100002000, 0x100004000)");
  }

  @Test
  void anOpeningGateDoesNotYetNeedEverythingMapped() {
    rig.gate.open(() -> {});
    rig.observer.poll();
    assertFine();
  }

  @Test
  void aGateThatIsOnlyClosingStillLetsDmaThrough() {
    rig.map(0, LOW_END);
    rig.map(HIGH, HIGH_END);
    rig.openGate();
    rig.gate.close(() -> {});
    rig.unmap(0, LOW_END);
    assertBroken(Check.UNMAPPED_IN_USE, "[0x0, 0x400000)");
  }

  @Test
  void aMapCountsOnlyWhenTheHostIsDoneWithIt() {
    rig.balloon(0, HIGH, HIGH + 4);
    rig.offerDeflate(0, HIGH, HIGH + 4);
    rig.mapCost = 100;
    rig.map(HIGH, HIGH + 4);
    rig.now = 99;
    rig.returnDeflate(0);
    assertBroken(Check.ACK_BEFORE_MAP, "[0x100000000, 0x100004000)");
  }

  @Test
  void aMapCountsAsSoonAsTheHostIsDoneWithIt() {
    rig.balloon(0, HIGH, HIGH + 4);
    rig.offerDeflate(0, HIGH, HIGH + 4);
    rig.mapCost = 100;
    rig.map(HIGH, HIGH + 4);
    rig.now = 100;
    rig.returnDeflate(0);
    assertFine();
  }

  @Test
  void aGateDoesNotOpenOverAMapUnderWay() {
    rig.map(0, LOW_END);
    rig.mapCost = 100;
    rig.map(HIGH, HIGH_END);
    rig.now = 99;
    rig.openGate();
    assertBroken(Check.OPENED_UNMAPPED, "[0x100000000, 0x100400000)");
  }

  @Test
  void pagesWhoseMapIsUnderWayAreNotPreMapped() {
    rig.balloon(0, HIGH, HIGH + 8);
    rig.map(HIGH, HIGH + 2);
    rig.mapCost = 100;
    rig.map(HIGH + 2, HIGH + 5);
    rig.offerDeflate(0, HIGH, HIGH + 8);
    assertEquals(2, rig.observer.accounting().deflate().preMappedPages());
    assertEquals(6, rig.observer.accounting().deflate().onDemandPages());
  }

  @Test
  void everyUnmappedPageOfADeflateIsOnDemandWhereverItLies() {
    rig.balloon(0, HIGH, HIGH + 8);
    rig.map(HIGH + 2, HIGH + 4);
    rig.offerDeflate(0, HIGH, HIGH + 8);
    assertEquals(2, rig.observer.accounting().deflate().preMappedPages());
    assertEquals(6, rig.observer.accounting().deflate().onDemandPages());
  }

  @Test
  void pagesUnderAMapUnderWayMustNotBeDiscarded() {
    rig.balloon(0, HIGH, HIGH + 4);
    rig.mapCost = 100;
    rig.map(HIGH, HIGH + 4);
    rig.discard(rig.host(HIGH), 4);
    assertBroken(Check.DISCARD_MAPPED, "[0x100000000, 0x100004000)");
  }

  @Test
  void whatTheHostRefusedToMapIsNotMapped() {
    rig.refusal = Optional.of(refusal(HostOperation.MAP, HostRefusedException.State.UNCHANGED));
    assertThrows(AssertionError.class, () -> rig.map(HIGH, HIGH + 4));
    assertEquals(0, rig.observer.accounting().mappedPages());
    assertFine();
  }

  @Test
  void whatTheHostRefusedToUnmapStaysMappedOnlyIfNothingChanged() {
    rig.map(HIGH, HIGH + 4);
    rig.refusal = Optional.of(refusal(HostOperation.UNMAP, HostRefusedException.State.UNCHANGED));
    assertThrows(AssertionError.class, () -> rig.unmap(HIGH, HIGH + 4));
    assertEquals(4, rig.observer.accounting().mappedPages());
    rig.refusal = Optional.of(refusal(HostOperation.UNMAP, HostRefusedException.State.LOST));
    assertThrows(AssertionError.class, () -> rig.unmap(HIGH, HIGH + 4));
    assertEquals(0, rig.observer.accounting().mappedPages());
  }

  @Test
  void anUnmapMayCoverSeveralMappingsAndHoles() {
    rig.map(LOW_END - 4, LOW_END);
    rig.map(HIGH + 2, HIGH + 4);
    rig.unmap(LOW_END - 6, HIGH + 6);
    assertEquals(0, rig.observer.accounting().liveMappings());
    assertEquals(2, rig.observer.accounting().peakMappings());
    assertFine();
  }

  @Test
  void anUnmapThatBeginsInsideAMappingCutsIt() {
    rig.map(HIGH, HIGH + 4);
    rig.unmap(HIGH + 1, HIGH + 4);
    assertBroken(Check.UNMAP_CUTS, "[0x100001000, 0x100004000)");
  }

  @Test
  void closingTheMapperWithTheGateOpenTakesMemoryFromTheGuest() {
    rig.map(0, LOW_END);
    rig.map(HIGH, HIGH_END);
    rig.openGate();
    rig.mapper.close();
    assertBroken(Check.UNMAPPED_IN_USE, "[0x0, 0x400000)");
    assertEquals(0, rig.observer.accounting().mappedPages());
  }

  @Test
  void unmappingEverythingBehindAClosedGateIsFine() {
    rig.map(0, LOW_END);
    ObserverFixture.run(rig.mapper::unmapAll);
    assertEquals(0, rig.observer.accounting().liveMappings());
    assertFine();
  }

  @Test
  void unmappingWhatIsBalloonedIsFineWithTheGateOpen() {
    rig.balloon(0, HIGH, HIGH + 4);
    rig.map(0, LOW_END);
    rig.map(HIGH, HIGH + 4);
    rig.map(HIGH + 4, HIGH_END);
    rig.openGate();
    rig.unmap(HIGH, HIGH + 4);
    assertFine();
  }

  @Test
  void withTheGateClosedTheOtherPolicyLetsADeflatePassUnmapped() {
    var lenient = new ObserverFixture(MapFailurePolicy.CLOSE_GATE_AND_ACK, ViolationLog::new);
    lenient.balloon(0, HIGH, HIGH + 4);
    lenient.offerDeflate(0, HIGH, HIGH + 4);
    lenient.returnDeflate(0);
    assertEquals(0, lenient.observer.violations());
  }

  @Test
  void afterAResetAllRamIsTheGuestsAndOldMessagesAreForgotten() {
    rig.balloon(0, HIGH, HIGH + 4);
    rig.inflate.offer(1, HIGH + 9);
    rig.observer.resetCompleted();
    Accounting accounting = rig.observer.finish();
    assertEquals(2048, accounting.guestOwnedPages());
    assertEquals(0, accounting.inflate().outstandingPages());
    assertFine();
  }

  @Test
  void aChainOfBuffersIsOneArray() {
    var _ = rig.inflate.write(0, HIGH, HIGH + 1, HIGH + 7);
    var _ = rig.inflate.write(3, HIGH + 2);
    rig.inflate.descriptor(0, rig.inflate.buffer(0), 12, NEXT, 3);
    rig.inflate.descriptor(3, rig.inflate.buffer(3), 4, 0, 0);
    sendAndReturn(0);
    assertEquals(4, rig.observer.accounting().balloonedPages());
  }

  @Test
  void aPfnMayLieAcrossTwoBuffers() {
    var _ = rig.inflate.write(0, HIGH + 6, HIGH + 5);
    rig.inflate.descriptor(0, rig.inflate.buffer(0), 5, NEXT, 1);
    rig.inflate.descriptor(1, rig.inflate.buffer(0) + 5, 3, 0, 0);
    sendAndReturn(0);
    assertEquals(2, rig.observer.accounting().balloonedPages());
    rig.discard(rig.host(HIGH + 5), 2);
    assertFine();
  }

  @Test
  void anIndirectTableIsFollowedAfterOrdinaryDescriptors() {
    var _ = rig.inflate.write(0, HIGH);
    var _ = rig.inflate.write(1, HIGH + 1);
    var _ = rig.inflate.write(2, HIGH + 2);
    rig.inflate.descriptor(0, rig.inflate.buffer(0), 4, NEXT, 5);
    rig.inflate.descriptor(5, rig.inflate.buffer(6), 32, INDIRECT, 0);
    rig.inflate.descriptorAt(rig.inflate.buffer(6), 0, rig.inflate.buffer(1), 4, NEXT, 1);
    rig.inflate.descriptorAt(rig.inflate.buffer(6), 1, rig.inflate.buffer(2), 4, 0, 0);
    sendAndReturn(0);
    assertEquals(3, rig.observer.accounting().balloonedPages());
  }

  @Test
  void whatTheDeviceMayWriteHoldsNoPfns() {
    rig.inflate.descriptor(0, rig.inflate.buffer(0), rig.inflate.write(0, HIGH), WRITE, 0);
    sendAndReturn(0);
    assertEquals(0, rig.observer.accounting().balloonedPages());
  }

  @Test
  void pfnsOutsideRamAreNotCounted() {
    rig.inflate.offer(0, LOW_END, HIGH - 1, HIGH_END, 0xffff_ffffL, HIGH);
    rig.observer.poll();
    rig.inflate.giveBack(0);
    assertEquals(1, rig.observer.finish().balloonedPages());
    assertEquals(1, rig.observer.accounting().inflate().pages());
  }

  @Test
  void ofARunThatLeavesRamTheRestIsTaken() {
    rig.inflate.offer(0, HIGH - 2, HIGH - 1, HIGH, HIGH + 1, HIGH + 2);
    rig.inflate.offer(1, HIGH_END + 1, HIGH_END, HIGH_END - 1, HIGH_END - 2);
    rig.observer.poll();
    rig.inflate.giveBack(0);
    rig.inflate.giveBack(1);
    assertEquals(5, rig.observer.finish().balloonedPages());
    rig.discard(rig.host(HIGH), 3);
    rig.discard(rig.host(HIGH_END - 2), 2);
    assertFine();
  }

  @Test
  void aRunDoesNotGoOnAcrossTheEndOfThePfns() {
    rig.inflate.offer(0, 1, 0, 0xffff_ffffL, 0xffff_fffeL);
    rig.inflate.offer(1, 0xffff_ffffL, 0, 1);
    rig.observer.poll();
    rig.inflate.giveBack(0);
    rig.inflate.giveBack(1);
    assertEquals(2, rig.observer.finish().balloonedPages());
    assertEquals(4, rig.observer.accounting().inflate().pages());
  }

  @Test
  void aPageNamedTwiceIsBalloonedOnce() {
    rig.inflate.offer(0, HIGH, HIGH, HIGH + 1, HIGH);
    rig.observer.poll();
    rig.inflate.giveBack(0);
    assertEquals(2, rig.observer.finish().balloonedPages());
    assertEquals(4, rig.observer.accounting().inflate().pages());
  }

  @Test
  void aLargePfnNamesTwoMebibytesOrNothing() {
    var large = new ObserverFixture(MapFailurePolicy.HOLD, ViolationLog::new, 512);
    large.inflate.offer(0, HIGH + 512, HIGH + 1, HIGH_END - 256);
    large.observer.poll();
    large.inflate.giveBack(0);
    assertEquals(512, large.observer.finish().balloonedPages());
  }

  @Test
  void aBrokenChainNamesNothingAndItsMessageIsNotMissed() {
    var _ = rig.inflate.write(0, HIGH);
    rig.inflate.descriptor(0, rig.inflate.buffer(0), 4, NEXT, 0);
    rig.inflate.makeAvailable(0);
    assertEquals(0, rig.observer.finish().inflate().pages());
    assertFine();
  }

  @Test
  void anIndirectTableInsideAnIndirectTableIsABrokenChain() {
    rig.inflate.descriptor(0, rig.inflate.buffer(6), 16, INDIRECT, 0);
    rig.inflate.descriptorAt(rig.inflate.buffer(6), 0, rig.inflate.buffer(6), 16, INDIRECT, 0);
    rig.inflate.makeAvailable(0);
    assertEquals(0, rig.observer.finish().inflate().pages());
    assertFine();
  }

  @Test
  void aBufferOutsideRamIsABrokenChain() {
    rig.inflate.descriptor(0, -8L, 64, 0, 0);
    rig.inflate.makeAvailable(0);
    assertEquals(0, rig.observer.finish().inflate().pages());
    assertFine();
  }

  @Test
  void anAvailableIndexThatRunsAheadIsTheGuestsFault() {
    rig.inflate.setAvailable(HandRing.SIZE + 1);
    assertEquals(0, rig.observer.finish().inflate().messages());
    assertFine();
  }

  @Test
  void indicesWrapAround() {
    for (int i = 0; i < 70_000; i++) {
      rig.balloon(i % HandRing.SIZE, HIGH, HIGH + 1);
    }
    assertEquals(70_000, rig.observer.finish().inflate().messages());
    assertFine();
  }

  @Test
  void aHeadOfferedTwiceIsReturnedTwice() {
    rig.inflate.offer(0, HIGH);
    rig.observer.poll();
    rig.inflate.offer(0, HIGH + 1);
    rig.observer.poll();
    rig.inflate.giveBack(0);
    rig.inflate.giveBack(0);
    assertEquals(2, rig.observer.finish().balloonedPages());
    assertFine();
  }

  @Test
  void aRingOutsideRamIsRefused() {
    var layout = new RingPlacement(8, 0x1000, 0x2000, LOW_END << 12, 1);
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> rig.observer.watchQueues(layout, rig.deflate.layout()));
    assertTrue(refused.toString().contains("used ring of 68 bytes at 0x400000"), refused::toString);
  }

  @Test
  void onlyTheFirstFewViolationsAreKeptButAllAreCounted() {
    for (int i = 0; i < 20; i++) {
      rig.unmap(HIGH, HIGH + 1);
    }
    assertEquals(20, rig.observer.violations());
    assertEquals(8, rig.observer.firstViolations().size());
  }

  @Test
  void percentilesAreExact() {
    for (int i = 1; i <= 200; i++) {
      rig.now = 0;
      rig.offerDeflate(0, HIGH, HIGH + 1);
      if (i == 1) {
        rig.map(HIGH, HIGH + 1);
      }
      rig.now = i;
      rig.returnDeflate(0);
    }
    Accounting.Deflates deflate = rig.observer.finish().deflate();
    assertEquals(OptionalLong.of(100), deflate.ackNanosP50());
    assertEquals(OptionalLong.of(198), deflate.ackNanosP99());
    assertEquals(OptionalLong.of(200), deflate.ackNanosMax());
  }

  private void sendAndReturn(int head) {
    rig.inflate.makeAvailable(head);
    rig.observer.poll();
    rig.inflate.giveBack(head);
    rig.observer.poll();
    assertFine();
  }

  private void assertFine() {
    assertEquals(List.of(), rig.observer.firstViolations());
  }

  private void assertBroken(Check check, String range) {
    assertEquals(List.of(new Violation(check, range, rig.now)), rig.observer.firstViolations());
  }

  private static HostRefusedException refusal(
      HostOperation operation, HostRefusedException.State state) {
    return new HostRefusedException(
        operation,
        0,
        4096,
        Errno.EINVAL,
        new RefusalCause.WouldSplit(new IovaRange(0, 4096)),
        state);
  }
}
