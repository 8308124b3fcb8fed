package dev.aerostat.balloon.virtio.device;

import static dev.aerostat.balloon.virtio.device.TestGuest.BUFFERS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * No message of a driver that notifies only where it is asked to is ever left in its ring. {@code
 * -Daerostat.messages=1000000} sends a million in each case.
 */
class LostMessageTest {
  private static final int MESSAGES = Integer.getInteger("aerostat.messages", 10_000);
  private static final int PATIENCE_SECONDS = 60;

  enum Acknowledge {
    AT_ONCE,
    AFTER_THE_TURN
  }

  /** The second message comes while the first is told, which the device has already looked past. */
  @Test
  void aDeflateThatComesWhileAnotherIsAcknowledgedAtOnceIsRead() {
    assertEquals(2, deflatesReadWithOneSentDuring(Acknowledge.AT_ONCE));
  }

  @Test
  void aDeflateThatComesWhileAnotherIsReadIsRead() {
    assertEquals(2, deflatesReadWithOneSentDuring(Acknowledge.AFTER_THE_TURN));
  }

  private static long deflatesReadWithOneSentDuring(Acknowledge when) {
    TestGuest guest = TestGuest.running(BalloonSettings.defaults());
    ThreadedDriver driver = driver(guest, 1, true);
    driver.describe(0, BUFFERS, 4);
    driver.describe(1, BUFFERS, 4);
    guest.recorded.onDeflateEnd =
        token -> {
          if (token == 0) {
            driver.send(1);
          }
          if (when == Acknowledge.AT_ONCE) {
            guest.device.acknowledge(token);
          }
        };
    guest.wakes = 0;
    driver.send(0);
    for (int turns = 0; turns < guest.wakes; turns++) {
      guest.processAll(100);
    }
    return guest.device.counters().deflateMessages();
  }

  @ParameterizedTest(name = "queue {0}, {1} at a time, event index {2}, acknowledged {3}")
  @CsvSource({
    "1, 1, true, AT_ONCE",
    "1, 2, true, AT_ONCE",
    "1, 4, true, AT_ONCE",
    "1, 1, true, AFTER_THE_TURN",
    "1, 2, true, AFTER_THE_TURN",
    "1, 4, true, AFTER_THE_TURN",
    "1, 4, false, AT_ONCE",
    "0, 1, true, AT_ONCE",
    "0, 2, true, AT_ONCE",
    "0, 4, true, AT_ONCE"
  })
  void everyMessageOfADriverOnItsOwnThreadComesBack(
      int queue, int depth, boolean eventIndex, Acknowledge when) throws Exception {
    TestGuest guest =
        TestGuest.running(
            eventIndex
                ? TestGuest.offering(BalloonFeature.EVENT_INDEX).withQueueSize(4)
                : TestGuest.plain().withQueueSize(4));
    var wakes = new Semaphore(0);
    guest.onWake = wakes::release;
    ThreadedDriver driver = driver(guest, queue, eventIndex);
    guest.onInterrupt = index -> driver.interrupt();
    var device = new EventThread(guest.device, wakes, when);
    Thread thread = Thread.ofPlatform().name("event thread").start(device);
    try {
      assertEquals(MESSAGES, returned(driver, depth), "messages returned");
    } finally {
      device.end();
      thread.join();
    }
    assertEquals(null, device.failure.get());
  }

  private static int returned(ThreadedDriver driver, int depth) throws InterruptedException {
    var random = new Random(depth);
    var out = new BitSet();
    for (int head = 0; head < depth; head++) {
      driver.describe(head, BUFFERS, 4);
    }
    int sent = 0;
    int returned = 0;
    while (returned < MESSAGES) {
      while (sent < MESSAGES && out.cardinality() < depth) {
        int head = out.nextClearBit(0);
        out.set(head);
        driver.send(head);
        sent++;
      }
      if (!driver.takeReturned(random.nextInt(400), PATIENCE_SECONDS, head -> cleared(out, head))) {
        return returned;
      }
      returned++;
    }
    return returned;
  }

  private static boolean cleared(BitSet out, int head) {
    boolean was = out.get(head);
    out.clear(head);
    return was;
  }

  private static ThreadedDriver driver(TestGuest guest, int queue, boolean eventIndex) {
    return new ThreadedDriver(
        guest.memory.segment(0),
        guest.queue(queue).layout(),
        eventIndex,
        () -> guest.device.registers().notifyQueue(queue));
  }

  /** The engine's place: turns when woken, and acknowledges everything. */
  private static final class EventThread implements Runnable, IgnoredEvents {
    private final BalloonDevice device;
    private final Semaphore wakes;
    private final Acknowledge when;
    private final Deque<Integer> waiting = new ArrayDeque<>();
    private final Random random = new Random(1);
    private volatile boolean ended;
    final AtomicReference<Throwable> failure = new AtomicReference<>();

    EventThread(BalloonDevice device, Semaphore wakes, Acknowledge when) {
      this.device = device;
      this.wakes = wakes;
      this.when = when;
    }

    void end() {
      ended = true;
      wakes.release();
    }

    @Override
    public void run() {
      try {
        while (!ended) {
          wakes.acquireUninterruptibly();
          while (device.process(this, 1 + random.nextInt(8)) || !waiting.isEmpty()) {
            while (!waiting.isEmpty()) {
              device.acknowledge(waiting.pop());
            }
          }
        }
      } catch (Throwable thrown) {
        failure.set(thrown);
      }
    }

    @Override
    public void deflateEnd(int token, long pages) {
      // Some work, so that the driver on the other core may come at any moment of it.
      for (int i = random.nextInt(200); i > 0; i--) {
        Thread.onSpinWait();
      }
      if (when == Acknowledge.AT_ONCE) {
        device.acknowledge(token);
      } else {
        waiting.push(token);
      }
    }
  }
}
