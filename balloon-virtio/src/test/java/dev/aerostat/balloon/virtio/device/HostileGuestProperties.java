package dev.aerostat.balloon.virtio.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Pages;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.virtio.QueueLayout;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Rings and buffers full of whatever comes; memory outside the regions cannot be read at all. */
class HostileGuestProperties {
  private static final int SIZE = 16;

  @Property(tries = 1500)
  void nothingThrowsOrGoesOnForEver(@ForAll long seed) {
    var random = new Random(seed);
    var guest = start(random);
    long[] told = {0};
    guest.recorded.onDeflateEnd =
        token -> {
          if (random.nextBoolean()) {
            guest.device.acknowledge(token);
          }
        };
    for (int round = 0; round < 6; round++) {
      scribble(guest, random);
      int budget = 1 + random.nextInt(300);
      int turns = 0;
      while (guest.device.process(guest.recorded, budget) && turns++ < 50) {
        assertTrue(guest.recorded.log.size() <= 8 * (budget + SIZE) + 64, "too much in one turn");
        told[0] += check(guest.recorded);
      }
      told[0] += check(guest.recorded);
      poke(guest, random);
    }
    BalloonCounters counters = guest.device.counters();
    assertEquals(told[0], counters.inflateRuns() + counters.deflateRuns());
  }

  private static TestGuest start(Random random) {
    var offered = EnumSet.allOf(BalloonFeature.class);
    if (random.nextBoolean()) {
      offered.remove(BalloonFeature.HUGE_PAGES);
    }
    offered.removeIf(feature -> random.nextInt(8) == 0);
    var guest = new TestGuest(BalloonSettings.defaults().withOffered(offered).withQueueSize(SIZE));
    guest.negotiate(guest.device.registers().offeredFeatures());
    for (int i = 0; i < guest.device.registers().queueCount(); i++) {
      TestQueue queue = guest.queue(i, SIZE);
      if (guest.device.registers().maxQueueSize(i) > 0) {
        guest.enable(i, queue);
      }
    }
    guest.device.registers().writeStatus(TestGuest.UP);
    return guest;
  }

  /** All that was told is RAM. */
  private static long check(RecordingEvents recorded) {
    long runs = 0;
    for (var list : List.of(recorded.inflated, recorded.deflated)) {
      for (RecordingEvents.Run run : list) {
        assertTrue(run.first() < run.end());
        assertTrue(TestMemory.isPage(run.first()) && TestMemory.isPage(run.end() - 1));
      }
      runs += list.size();
      list.clear();
    }
    recorded.log.clear();
    return runs;
  }

  /** Descriptors that are mostly sane, so that all depths of the device are reached. */
  private static void scribble(TestGuest guest, Random random) {
    for (int i = 0; i < guest.device.registers().queueCount(); i++) {
      TestQueue queue = guest.queue(i);
      for (int d = 0; d < SIZE; d++) {
        descriptor(queue, queue.layout().descriptorArea() + 16L * d, random);
        descriptor(queue, table(random), random);
      }
      int messages = random.nextInt(6);
      for (int m = 0; m < messages; m++) {
        queue.offer(random.nextInt(100) == 0 ? random.nextInt(70_000) : random.nextInt(SIZE));
      }
      if (random.nextInt(20) == 0) {
        queue.availableIndex(random.nextInt(65_536));
      }
      queue.usedEvent(random.nextInt(65_536));
    }
    for (int i = 0; i < 256; i++) {
      long pfn = random.nextBoolean() ? random.nextInt(9000) : 512L * random.nextInt(20);
      guest.memory.write(
          TestGuest.BUFFERS + 4L * i, random.nextInt(50) == 0 ? random.nextInt() : pfn, 4);
    }
  }

  private static void descriptor(TestQueue queue, long at, Random random) {
    int flags = random.nextInt(4) == 0 ? random.nextInt(65_536) : random.nextInt(2);
    boolean indirect = (flags & TestQueue.INDIRECT) != 0;
    long address = indirect ? table(random) : TestGuest.BUFFERS + random.nextInt(900);
    if (random.nextInt(8) == 0) {
      address = random.nextBoolean() ? random.nextLong() : edge(random);
    }
    long length = indirect ? 16L * random.nextInt(9) : 4L * random.nextInt(30);
    if (random.nextInt(10) == 0) {
      length =
          random.nextBoolean() ? random.nextInt(100) : Integer.toUnsignedLong(random.nextInt());
    }
    queue.descriptorAt(at, address, length, flags, random.nextInt(SIZE + 1));
  }

  private static long table(Random random) {
    return TestGuest.BUFFERS + TestMemory.MIB + 16L * random.nextInt(64);
  }

  private static long edge(Random random) {
    var range = TestMemory.RANGES.get(random.nextInt(TestMemory.RANGES.size()));
    return (random.nextBoolean() ? range.start() : range.end()) - random.nextInt(20) + 4;
  }

  /** Registers, in any order and with any value. */
  private static void poke(TestGuest guest, Random random) {
    BalloonDevice device = guest.device;
    switch (random.nextInt(9)) {
      case 0 ->
          device.registers().writeConfig(random.nextInt(), random.nextInt(9), random.nextInt());
      case 1 -> device.registers().readConfig(random.nextInt(20) - 2, random.nextInt(9));
      case 2 -> device.registers().writeDriverFeatures(random.nextLong());
      case 3 -> device.registers().configureQueue(random.nextInt(8) - 1, layout(random));
      case 4 -> device.registers().enableQueue(random.nextInt());
      case 5 -> device.registers().notifyQueue(random.nextInt());
      case 6 -> device.startFreePageHint();
      case 7 -> device.requestStatistics();
      default -> reset(guest, random);
    }
  }

  private static QueueLayout layout(Random random) {
    return new QueueLayout(
        random.nextInt(), random.nextLong(), random.nextLong() >>> 20, edge(random));
  }

  private static void reset(TestGuest guest, Random random) {
    guest.device.registers().writeStatus(random.nextInt(256));
    guest.device.registers().writeStatus(0);
    guest.process();
    if (guest.recorded.log.contains("reset")) {
      guest.device.completeReset();
      assertEquals(0, guest.device.registers().status());
    }
    guest.device.setTarget(random.nextLong(Pages.LIMIT));
  }
}
