package dev.aerostat.guest.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.guest.sim.FakeDevice.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FloodingGuestTest {
  private static final long ANSWER_NANOS = 50_000;
  private static final long MILLISECOND = 1_000_000;
  private static final long FOUR_GIB_PFN = 0x100000;

  /** What the guest keeps to itself. */
  private static final long OWN_PAGES = 1024;

  private final StepClock clock = new StepClock();
  private final SparseMemory memory = Lab.sparse(4 * Lab.GIB);
  private final FakeDevice device = new FakeDevice(memory.guestMemory(), clock);
  private int wishes;

  FloodingGuestTest() {
    device.ackDelayNanos = ANSWER_NANOS;
  }

  @AfterEach
  void freeMemory() {
    memory.close();
  }

  private FloodingGuest load(Flood flood, long seed) {
    var guest = new FloodingGuest(memory.guestMemory(), device, clock, flood, seed, () -> wishes++);
    device.connect(guest::onQueueInterrupt);
    guest.load();
    return guest;
  }

  @Test
  void theInflateRingIsFullWheneverTheDeviceHasAnswered() {
    load(Flood.INFLATES, 1);
    clock.run(10 * ANSWER_NANOS);
    assertEquals(11 * 128, device.messages.size());
    assertEquals(128, device.mostInFlight);
    assertEquals(Set.of(BalloonQueue.INFLATE), queues());
    assertTrue(device.messages.stream().allMatch(message -> message.pfns().size() == 256));
  }

  @Test
  void messagesNamePagesAllOverMemoryButNoneOfTheGuestsOwn() {
    load(Flood.INFLATES, 1);
    List<Long> pfns = device.messages.stream().flatMap(it -> it.pfns().stream()).toList();
    assertTrue(
        pfns.stream()
            .allMatch(
                pfn ->
                    (pfn >= OWN_PAGES && pfn < FOUR_GIB_PFN / 2)
                        || (pfn >= FOUR_GIB_PFN && pfn < FOUR_GIB_PFN * 3 / 2)));
    assertEquals(2048 - 2, pfns.stream().map(pfn -> pfn / 512).distinct().count());
  }

  @Test
  void theSeedDecidesWhichPages() {
    assertEquals(pfns(1), pfns(1));
    assertNotEquals(pfns(1), pfns(2));
  }

  private List<List<Long>> pfns(long seed) {
    device.messages.clear();
    load(Flood.INFLATES, seed).stop();
    return device.messages.stream().map(Message::pfns).toList();
  }

  @Test
  void churnDeflatesWhatItInflatedAndInflatesItAgain() {
    load(Flood.CHURN, 1);
    clock.run(10 * ANSWER_NANOS);
    var ballooned = new ArrayList<List<Long>>();
    for (Message message : device.messages) {
      if (message.queue() == BalloonQueue.INFLATE) {
        ballooned.add(message.pfns());
      } else {
        assertTrue(ballooned.remove(message.pfns()), "it was inflated before");
      }
    }
    assertEquals(11 * 128, device.messages.size());
    assertEquals(128, device.mostInFlight);
    assertEquals(128, ballooned.size());
  }

  @Test
  void resetsComeWithOneShortMessageInBetween() {
    load(Flood.RESETS, 1);
    clock.run(10 * MILLISECOND);
    long resets = device.statuses.stream().filter(status -> status == 0).count();
    assertTrue(resets > 300, () -> resets + " resets");
    assertEquals(resets, device.messages.size());
    assertTrue(device.messages.stream().allMatch(message -> message.pfns().size() == 64));
    assertEquals(List.of(0, 3, 11, 1000, 1001, 15, 0), device.statuses.subList(0, 7));
  }

  @Test
  void aResetThatIsHeldIsWaitedFor() {
    device.writeStatus(15);
    device.holdReset = true;
    load(Flood.RESETS, 1);
    clock.run(MILLISECOND);
    assertEquals(List.of(15, 0), device.statuses);
    device.completeReset();
    clock.run(MILLISECOND);
    assertTrue(device.messages.size() > 10);
  }

  @Test
  void kicksAreNotificationsOfBothQueuesWithoutAMessage() {
    load(Flood.KICKS, 1);
    clock.run(MILLISECOND);
    assertEquals(2 * (1 + 500), device.notifications);
    assertEquals(List.of(), device.messages);
  }

  @Test
  void busMasteringIsSwitchedOnEveryFourMicroseconds() {
    load(Flood.BUS_MASTERING, 1);
    clock.run(MILLISECOND);
    assertEquals(1 + 250, wishes);
    assertEquals(List.of(), device.messages);
  }

  @ParameterizedTest
  @EnumSource
  void aGuestThatIsStoppedDoesNothingAnyMore(Flood flood) {
    FloodingGuest guest = load(flood, 1);
    clock.run(MILLISECOND);
    guest.stop();
    String before = done();
    clock.run(10 * MILLISECOND);
    assertEquals(before, done());
  }

  private String done() {
    return "%d wishes, %d notifications, %d messages, %d status writes"
        .formatted(wishes, device.notifications, device.messages.size(), device.statuses.size());
  }

  @Test
  void aGuestWithoutAPageToNameIsRefused() throws IOException {
    try (SparseMemory small = SparseMemory.allocate(List.of(new GuestRange(0, 4 * Lab.MIB)))) {
      var refused =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  new FloodingGuest(
                      small.guestMemory(), device, clock, Flood.KICKS, 1, () -> wishes++));
      assertEquals(
          "a flooding guest of 4194304 bytes: expected more than the 4194304 it keeps",
          refused.getMessage());
    }
  }

  private Set<BalloonQueue> queues() {
    return device.messages.stream().map(Message::queue).collect(Collectors.toSet());
  }
}
