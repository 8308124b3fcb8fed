package dev.aerostat.balloon.virtio.device;

import static dev.aerostat.balloon.virtio.device.TestGuest.BUFFERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SplitVirtqueueProperties {
  private static final long TABLES = BUFFERS + TestMemory.MIB;

  /** However a message is cut into buffers, chained, and put into a table, it reads the same. */
  @Property
  void framingMeansNothing(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int pfns, @ForAll boolean indirect) {
    var random = new Random(seed);
    var guest = TestGuest.running(TestGuest.plain().withQueueSize(64));
    long[] message = random.longs(pfns, 0, 2048).toArray();
    int head = offerCutUp(guest, message, random, indirect);
    guest.processAll(1 + random.nextInt(50));

    var whole = TestGuest.running(TestGuest.plain().withQueueSize(64));
    whole.inflateNow(message);
    assertEquals(whole.recorded.takeLog(), guest.recorded.takeLog());
    assertEquals(List.of(head), guest.inflate().takeUsedHeads());
  }

  private static int offerCutUp(TestGuest guest, long[] message, Random random, boolean indirect) {
    TestQueue queue = guest.inflate();
    var slots = new ArrayList<>(Collections.nCopies(64, 0));
    for (int i = 0; i < 64; i++) {
      slots.set(i, i);
    }
    Collections.shuffle(slots, random);
    var cuts = cuts(4 * message.length, random);
    int direct = indirect ? random.nextInt(cuts.size()) : cuts.size();
    guest.memory.writePfns(BUFFERS, message);
    for (int i = 0; i < cuts.size(); i++) {
      int[] cut = cuts.get(i);
      // Each piece lies somewhere else, unaligned.
      long to = BUFFERS + 65_536 + 4096L * i + random.nextInt(7);
      for (int b = 0; b < cut[1]; b++) {
        guest.memory.write(to + b, guest.memory.read(BUFFERS + cut[0] + b, 1), 1);
      }
      boolean last = i == cuts.size() - 1;
      int flags = last ? 0 : TestQueue.NEXT;
      if (i < direct) {
        int next = last ? 0 : slots.get(i + 1);
        queue.descriptor(slots.get(i), to, cut[1], flags, next);
      } else {
        queue.descriptorAt(TABLES + 16L * (i - direct), to, cut[1], flags, i - direct + 1);
      }
    }
    if (indirect) {
      long bytes = 16L * (cuts.size() - direct);
      queue.descriptor(slots.get(direct), TABLES, bytes, TestQueue.INDIRECT, 0);
    }
    queue.offer(slots.get(0));
    return slots.get(0);
  }

  private static List<int[]> cuts(int bytes, Random random) {
    var cuts = new ArrayList<int[]>();
    int at = 0;
    while (at < bytes && cuts.size() < 30) {
      int length = Math.min(bytes - at, random.nextInt(12));
      cuts.add(new int[] {at, length});
      at += length;
    }
    if (at < bytes) {
      cuts.add(new int[] {at, bytes - at});
    }
    return cuts;
  }

  /**
   * Acknowledged in any order, each message comes back once, and its descriptor is usable again.
   */
  @Property(tries = 100)
  void deferredMessagesReturnInTheOrderOfTheirAcknowledgement(@ForAll long seed) {
    var random = new Random(seed);
    var guest = TestGuest.running(TestGuest.plain().withQueueSize(16));
    var free = new ArrayList<Integer>();
    for (int i = 0; i < 16; i++) {
      free.add(i);
    }
    guest.memory.writePfns(BUFFERS, 1, 2, 3);
    for (int step = 0; step < 200; step++) {
      if (!free.isEmpty() && random.nextBoolean()) {
        guest.deflate().offer(takeAny(free, random), BUFFERS, 12);
        guest.process();
      } else if (!guest.recorded.tokens.isEmpty()) {
        int token = takeAny(guest.recorded.tokens, random);
        guest.device.acknowledge(token);
        assertEquals(List.of(token), guest.deflate().takeUsedHeads());
        free.add(token);
      }
      assertEquals(16, free.size() + guest.recorded.tokens.size());
    }
    assertTrue(!guest.needsReset());
  }

  /** The device interrupts exactly where the specification's formula asks (section 2.7.7). */
  @Property(tries = 50)
  void anInterruptComesIfAndOnlyIfTheEventIndexAsksForIt(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 0xffff) int start) {
    var random = new Random(seed);
    var guest = TestGuest.running(TestGuest.offering(BalloonFeature.EVENT_INDEX).withQueueSize(8));
    guest.memory.writePfns(BUFFERS, 1);
    for (int i = 0; i < start % 300; i++) {
      offerOne(guest, i);
    }
    for (int i = 0; i < 60; i++) {
      int before = guest.inflate().usedIndex();
      int event = (before + random.nextInt(3) - 1) & 0xffff;
      guest.inflate().usedEvent(event);
      guest.interrupted.clear();
      offerOne(guest, i);
      boolean needed = needEvent(event, guest.inflate().usedIndex(), before);
      assertEquals(needed ? List.of(0) : List.of(), guest.interrupted);
    }
  }

  /** An idle device asks to be told of the very next chain. */
  @Property(tries = 20)
  void anIdleDeviceArmsTheEventIndexAtWhatItHasRead(
      @ForAll @IntRange(min = 1, max = 20) int messages) {
    var guest = TestGuest.running(TestGuest.offering(BalloonFeature.EVENT_INDEX).withQueueSize(8));
    guest.memory.writePfns(BUFFERS, 1);
    for (int i = 0; i < messages; i++) {
      offerOne(guest, i);
      int available = guest.inflate().available();
      assertEquals(available, guest.inflate().availEvent());
      assertTrue(needEvent(guest.inflate().availEvent(), available + 1, available));
    }
  }

  private static int takeAny(List<Integer> values, Random random) {
    Collections.shuffle(values, random);
    return values.removeLast();
  }

  private static void offerOne(TestGuest guest, int i) {
    guest.inflate().offer(i & 7, BUFFERS, 4);
    guest.process();
  }

  /** {@code vring_need_event} as virtio 1.2, appendix A, prints it. */
  private static boolean needEvent(int event, int now, int old) {
    return ((now - event - 1) & 0xffff) < ((now - old) & 0xffff);
  }
}
