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
  private final ObserverFixture fixture = ObserverFixture.plain();

  @Test
  void aWholeBootWithinTheRulesIsCountedExactly() {
    fixture.balloon(0, HIGH, HIGH + 100);
    fixture.balloon(1, HIGH + 100, HIGH + 300);
    fixture.map(0, LOW_END);
    fixture.map(HIGH + 300, HIGH_END);
    fixture.openGate();
    fixture.map(HIGH + 200, HIGH + 300);
    fixture.now = 1000;
    fixture.offerDeflate(0, HIGH + 150, HIGH + 300);
    fixture.map(HIGH, HIGH + 200);
    fixture.now = 1700;
    fixture.returnDeflate(0);
    fixture.offerDeflate(1, HIGH, HIGH + 150);
    fixture.returnDeflate(1);

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
        fixture.observer.finish());
    assertFine();
  }

  @Test
  void aPageIsTheGuestsUntilItsInflateIsReturned() {
    fixture.map(0, LOW_END);
    fixture.map(HIGH + 4, HIGH_END);
    fixture.inflate.offerRange(0, HIGH, HIGH + 4);
    fixture.openGate();
    assertBroken(Check.OPENED_UNMAPPED, "[0x100000000, 0x100004000)");
    assertEquals(4, fixture.observer.accounting().inflate().outstandingPages());
  }

  @Test
  void aPageIsNobodysWhileItsDeflateIsWithTheDevice() {
    fixture.balloon(0, HIGH, HIGH + 4);
    fixture.offerDeflate(0, HIGH + 2, HIGH + 6);
    Accounting accounting = fixture.observer.accounting();
    assertEquals(2, accounting.balloonedPages());
    assertEquals(2, accounting.leavingPages());
    assertEquals(2044, accounting.guestOwnedPages());
    fixture.discard(fixture.host(HIGH), 4);
    assertBroken(Check.DISCARD_IN_USE, "[0x100002000, 0x100004000)");
  }

  @Test
  void anOpeningGateDoesNotYetNeedEverythingMapped() {
    fixture.gate.open(() -> {});
    fixture.observer.poll();
    assertFine();
  }

  @Test
  void aGateThatIsOnlyClosingStillLetsDmaThrough() {
    fixture.map(0, LOW_END);
    fixture.map(HIGH, HIGH_END);
    fixture.openGate();
    fixture.gate.close(() -> {});
    fixture.unmap(0, LOW_END);
    assertBroken(Check.UNMAPPED_IN_USE, "[0x0, 0x400000)");
  }

  @Test
  void aMapCountsOnlyWhenTheHostIsDoneWithIt() {
    fixture.balloon(0, HIGH, HIGH + 4);
    fixture.offerDeflate(0, HIGH, HIGH + 4);
    fixture.mapCost = 100;
    fixture.map(HIGH, HIGH + 4);
    fixture.now = 99;
    fixture.returnDeflate(0);
    assertBroken(Check.ACK_BEFORE_MAP, "[0x100000000, 0x100004000)");
  }

  @Test
  void aMapCountsAsSoonAsTheHostIsDoneWithIt() {
    fixture.balloon(0, HIGH, HIGH + 4);
    fixture.offerDeflate(0, HIGH, HIGH + 4);
    fixture.mapCost = 100;
    fixture.map(HIGH, HIGH + 4);
    fixture.now = 100;
    fixture.returnDeflate(0);
    assertFine();
  }

  @Test
  void aGateDoesNotOpenOverAMapUnderWay() {
    fixture.map(0, LOW_END);
    fixture.mapCost = 100;
    fixture.map(HIGH, HIGH_END);
    fixture.now = 99;
    fixture.openGate();
    assertBroken(Check.OPENED_UNMAPPED, "[0x100000000, 0x100400000)");
  }

  @Test
  void pagesWhoseMapIsUnderWayAreNotPreMapped() {
    fixture.balloon(0, HIGH, HIGH + 8);
    fixture.map(HIGH, HIGH + 2);
    fixture.mapCost = 100;
    fixture.map(HIGH + 2, HIGH + 5);
    fixture.offerDeflate(0, HIGH, HIGH + 8);
    assertEquals(2, fixture.observer.accounting().deflate().preMappedPages());
    assertEquals(6, fixture.observer.accounting().deflate().onDemandPages());
  }

  @Test
  void everyUnmappedPageOfADeflateIsOnDemandWhereverItLies() {
    fixture.balloon(0, HIGH, HIGH + 8);
    fixture.map(HIGH + 2, HIGH + 4);
    fixture.offerDeflate(0, HIGH, HIGH + 8);
    assertEquals(2, fixture.observer.accounting().deflate().preMappedPages());
    assertEquals(6, fixture.observer.accounting().deflate().onDemandPages());
  }

  @Test
  void pagesUnderAMapUnderWayMustNotBeDiscarded() {
    fixture.balloon(0, HIGH, HIGH + 4);
    fixture.mapCost = 100;
    fixture.map(HIGH, HIGH + 4);
    fixture.discard(fixture.host(HIGH), 4);
    assertBroken(Check.DISCARD_MAPPED, "[0x100000000, 0x100004000)");
  }

  @Test
  void whatTheHostRefusedToMapIsNotMapped() {
    fixture.refusal = Optional.of(refusal(HostOperation.MAP, HostRefusedException.State.UNCHANGED));
    assertThrows(AssertionError.class, () -> fixture.map(HIGH, HIGH + 4));
    assertEquals(0, fixture.observer.accounting().mappedPages());
    assertFine();
  }

  @Test
  void whatTheHostRefusedToUnmapStaysMappedOnlyIfNothingChanged() {
    fixture.map(HIGH, HIGH + 4);
    fixture.refusal =
        Optional.of(refusal(HostOperation.UNMAP, HostRefusedException.State.UNCHANGED));
    assertThrows(AssertionError.class, () -> fixture.unmap(HIGH, HIGH + 4));
    assertEquals(4, fixture.observer.accounting().mappedPages());
    fixture.refusal = Optional.of(refusal(HostOperation.UNMAP, HostRefusedException.State.LOST));
    assertThrows(AssertionError.class, () -> fixture.unmap(HIGH, HIGH + 4));
    assertEquals(0, fixture.observer.accounting().mappedPages());
  }

  @Test
  void anUnmapMayCoverSeveralMappingsAndHoles() {
    fixture.map(LOW_END - 4, LOW_END);
    fixture.map(HIGH + 2, HIGH + 4);
    fixture.unmap(LOW_END - 6, HIGH + 6);
    assertEquals(0, fixture.observer.accounting().liveMappings());
    assertEquals(2, fixture.observer.accounting().peakMappings());
    assertFine();
  }

  @Test
  void anUnmapThatBeginsInsideAMappingCutsIt() {
    fixture.map(HIGH, HIGH + 4);
    fixture.unmap(HIGH + 1, HIGH + 4);
    assertBroken(Check.UNMAP_CUTS, "[0x100001000, 0x100004000)");
  }

  @Test
  void closingTheMapperWithTheGateOpenTakesMemoryFromTheGuest() {
    fixture.map(0, LOW_END);
    fixture.map(HIGH, HIGH_END);
    fixture.openGate();
    fixture.mapper.close();
    assertBroken(Check.UNMAPPED_IN_USE, "[0x0, 0x400000)");
    assertEquals(0, fixture.observer.accounting().mappedPages());
  }

  @Test
  void unmappingEverythingBehindAClosedGateIsFine() {
    fixture.map(0, LOW_END);
    ObserverFixture.run(fixture.mapper::unmapAll);
    assertEquals(0, fixture.observer.accounting().liveMappings());
    assertFine();
  }

  @Test
  void unmappingWhatIsBalloonedIsFineWithTheGateOpen() {
    fixture.balloon(0, HIGH, HIGH + 4);
    fixture.map(0, LOW_END);
    fixture.map(HIGH, HIGH + 4);
    fixture.map(HIGH + 4, HIGH_END);
    fixture.openGate();
    fixture.unmap(HIGH, HIGH + 4);
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
    fixture.balloon(0, HIGH, HIGH + 4);
    fixture.inflate.offer(1, HIGH + 9);
    fixture.observer.resetCompleted();
    Accounting accounting = fixture.observer.finish();
    assertEquals(2048, accounting.guestOwnedPages());
    assertEquals(0, accounting.inflate().outstandingPages());
    assertFine();
  }

  @Test
  void aChainOfBuffersIsOneArray() {
    var _ = fixture.inflate.write(0, HIGH, HIGH + 1, HIGH + 7);
    var _ = fixture.inflate.write(3, HIGH + 2);
    fixture.inflate.descriptor(0, fixture.inflate.buffer(0), 12, NEXT, 3);
    fixture.inflate.descriptor(3, fixture.inflate.buffer(3), 4, 0, 0);
    sendAndReturn(0);
    assertEquals(4, fixture.observer.accounting().balloonedPages());
  }

  @Test
  void aPfnMayLieAcrossTwoBuffers() {
    var _ = fixture.inflate.write(0, HIGH + 6, HIGH + 5);
    fixture.inflate.descriptor(0, fixture.inflate.buffer(0), 5, NEXT, 1);
    fixture.inflate.descriptor(1, fixture.inflate.buffer(0) + 5, 3, 0, 0);
    sendAndReturn(0);
    assertEquals(2, fixture.observer.accounting().balloonedPages());
    fixture.discard(fixture.host(HIGH + 5), 2);
    assertFine();
  }

  @Test
  void anIndirectTableIsFollowedAfterOrdinaryDescriptors() {
    var _ = fixture.inflate.write(0, HIGH);
    var _ = fixture.inflate.write(1, HIGH + 1);
    var _ = fixture.inflate.write(2, HIGH + 2);
    fixture.inflate.descriptor(0, fixture.inflate.buffer(0), 4, NEXT, 5);
    fixture.inflate.descriptor(5, fixture.inflate.buffer(6), 32, INDIRECT, 0);
    fixture.inflate.descriptorAt(
        fixture.inflate.buffer(6), 0, fixture.inflate.buffer(1), 4, NEXT, 1);
    fixture.inflate.descriptorAt(fixture.inflate.buffer(6), 1, fixture.inflate.buffer(2), 4, 0, 0);
    sendAndReturn(0);
    assertEquals(3, fixture.observer.accounting().balloonedPages());
  }

  @Test
  void whatTheDeviceMayWriteHoldsNoPfns() {
    fixture.inflate.descriptor(
        0, fixture.inflate.buffer(0), fixture.inflate.write(0, HIGH), WRITE, 0);
    sendAndReturn(0);
    assertEquals(0, fixture.observer.accounting().balloonedPages());
  }

  @Test
  void pfnsOutsideRamAreNotCounted() {
    fixture.inflate.offer(0, LOW_END, HIGH - 1, HIGH_END, 0xffff_ffffL, HIGH);
    fixture.observer.poll();
    fixture.inflate.giveBack(0);
    assertEquals(1, fixture.observer.finish().balloonedPages());
    assertEquals(1, fixture.observer.accounting().inflate().pages());
  }

  @Test
  void ofARunThatLeavesRamTheRestIsTaken() {
    fixture.inflate.offer(0, HIGH - 2, HIGH - 1, HIGH, HIGH + 1, HIGH + 2);
    fixture.inflate.offer(1, HIGH_END + 1, HIGH_END, HIGH_END - 1, HIGH_END - 2);
    fixture.observer.poll();
    fixture.inflate.giveBack(0);
    fixture.inflate.giveBack(1);
    assertEquals(5, fixture.observer.finish().balloonedPages());
    fixture.discard(fixture.host(HIGH), 3);
    fixture.discard(fixture.host(HIGH_END - 2), 2);
    assertFine();
  }

  @Test
  void aRunDoesNotGoOnAcrossTheEndOfThePfns() {
    fixture.inflate.offer(0, 1, 0, 0xffff_ffffL, 0xffff_fffeL);
    fixture.inflate.offer(1, 0xffff_ffffL, 0, 1);
    fixture.observer.poll();
    fixture.inflate.giveBack(0);
    fixture.inflate.giveBack(1);
    assertEquals(2, fixture.observer.finish().balloonedPages());
    assertEquals(4, fixture.observer.accounting().inflate().pages());
  }

  @Test
  void aPageNamedTwiceIsBalloonedOnce() {
    fixture.inflate.offer(0, HIGH, HIGH, HIGH + 1, HIGH);
    fixture.observer.poll();
    fixture.inflate.giveBack(0);
    assertEquals(2, fixture.observer.finish().balloonedPages());
    assertEquals(4, fixture.observer.accounting().inflate().pages());
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
    var _ = fixture.inflate.write(0, HIGH);
    fixture.inflate.descriptor(0, fixture.inflate.buffer(0), 4, NEXT, 0);
    fixture.inflate.makeAvailable(0);
    assertEquals(0, fixture.observer.finish().inflate().pages());
    assertFine();
  }

  @Test
  void anIndirectTableInsideAnIndirectTableIsABrokenChain() {
    fixture.inflate.descriptor(0, fixture.inflate.buffer(6), 16, INDIRECT, 0);
    fixture.inflate.descriptorAt(
        fixture.inflate.buffer(6), 0, fixture.inflate.buffer(6), 16, INDIRECT, 0);
    fixture.inflate.makeAvailable(0);
    assertEquals(0, fixture.observer.finish().inflate().pages());
    assertFine();
  }

  @Test
  void aBufferOutsideRamIsABrokenChain() {
    fixture.inflate.descriptor(0, -8L, 64, 0, 0);
    fixture.inflate.makeAvailable(0);
    assertEquals(0, fixture.observer.finish().inflate().pages());
    assertFine();
  }

  @Test
  void anAvailableIndexThatRunsAheadIsTheGuestsFault() {
    fixture.inflate.setAvailable(HandRing.SIZE + 1);
    assertEquals(0, fixture.observer.finish().inflate().messages());
    assertFine();
  }

  @Test
  void indicesWrapAround() {
    for (int i = 0; i < 70_000; i++) {
      fixture.balloon(i % HandRing.SIZE, HIGH, HIGH + 1);
    }
    assertEquals(70_000, fixture.observer.finish().inflate().messages());
    assertFine();
  }

  @Test
  void aHeadOfferedTwiceIsReturnedTwice() {
    fixture.inflate.offer(0, HIGH);
    fixture.observer.poll();
    fixture.inflate.offer(0, HIGH + 1);
    fixture.observer.poll();
    fixture.inflate.giveBack(0);
    fixture.inflate.giveBack(0);
    assertEquals(2, fixture.observer.finish().balloonedPages());
    assertFine();
  }

  @Test
  void aRingOutsideRamIsRefused() {
    var layout = new RingPlacement(8, 0x1000, 0x2000, LOW_END << 12, 1);
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> fixture.observer.watchQueues(layout, fixture.deflate.layout()));
    assertTrue(refused.toString().contains("used ring of 68 bytes at 0x400000"), refused::toString);
  }

  @Test
  void onlyTheFirstFewViolationsAreKeptButAllAreCounted() {
    for (int i = 0; i < 20; i++) {
      fixture.unmap(HIGH, HIGH + 1);
    }
    assertEquals(20, fixture.observer.violations());
    assertEquals(8, fixture.observer.firstViolations().size());
  }

  @Test
  void percentilesAreExact() {
    for (int i = 1; i <= 200; i++) {
      fixture.now = 0;
      fixture.offerDeflate(0, HIGH, HIGH + 1);
      if (i == 1) {
        fixture.map(HIGH, HIGH + 1);
      }
      fixture.now = i;
      fixture.returnDeflate(0);
    }
    Accounting.Deflates deflate = fixture.observer.finish().deflate();
    assertEquals(OptionalLong.of(100), deflate.ackNanosP50());
    assertEquals(OptionalLong.of(198), deflate.ackNanosP99());
    assertEquals(OptionalLong.of(200), deflate.ackNanosMax());
  }

  private void sendAndReturn(int head) {
    fixture.inflate.makeAvailable(head);
    fixture.observer.poll();
    fixture.inflate.giveBack(head);
    fixture.observer.poll();
    assertFine();
  }

  private void assertFine() {
    assertEquals(List.of(), fixture.observer.firstViolations());
  }

  private void assertBroken(Check check, String range) {
    assertEquals(
        List.of(new Violation(check, range, fixture.now)), fixture.observer.firstViolations());
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
