package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.guest.VhostFrontEnd.CONFIG;
import static dev.aerostat.vhost.guest.VhostFrontEnd.DEFLATE;
import static dev.aerostat.vhost.guest.VhostFrontEnd.INFLATE;
import static dev.aerostat.vhost.guest.VhostFrontEnd.PROTOCOL_FEATURES;
import static dev.aerostat.vhost.guest.VhostFrontEnd.REPLY_ACK;
import static dev.aerostat.vhost.guest.VhostFrontEnd.RESET_DEVICE;
import static dev.aerostat.vhost.guest.VhostFrontEnd.STATUS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.vhost.guest.FrontEndOrder;
import dev.aerostat.vhost.guest.VhostFrontEnd;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever a front end may send in whatever order, no message is lost and none answered twice. */
class LegalOrderProperties {
  private static final long MEMORY_BYTES = 64 << 20;
  private static final long DEVICE_FEATURES = 1 | 1L << 32;
  private static final int STEPS = 40;
  private static final int BLOCK = 16;

  @Property(tries = 30)
  void everyMessageIsAnsweredOnceAndTheBalloonIsWhatTheDriverSaid(@ForAll long seed)
      throws Exception {
    var random = new Random(seed);
    long protocol =
        CONFIG
            | (random.nextBoolean() ? REPLY_ACK : 0)
            | (random.nextBoolean() ? STATUS : 0)
            | (random.nextBoolean() ? RESET_DEVICE : 0);
    try (var backend =
            new Backend<PlainBalloon>(
                VhostUserServer.settings(),
                (memory, front) ->
                    new PlainBalloon(
                        memory, front, VhostUserServer.settings(), random.nextBoolean()));
        VhostFrontEnd frontEnd =
            VhostFrontEnd.connect(
                backend.socket(), MEMORY_BYTES, DEVICE_FEATURES | PROTOCOL_FEATURES, protocol)) {
      var guest = new Guest(frontEnd, random);
      guest.start();
      PlainBalloon balloon = backend.next();
      for (int step = 0; step < STEPS; step++) {
        guest.step();
      }
      guest.end();
      assertEquals(0, balloon.dma().deviceCounters().resets());
      assertEquals(Map.of(), balloon.dma().deviceCounters().mistakes());
      if (!guest.overtakes) {
        // The engine publishes its progress at the end of a turn: after the answers.
        Backend.await("all is known", () -> ballooned(balloon) == guest.ballooned());
      }
      assertTrue(ballooned(balloon) <= guest.ballooned(), () -> "of " + guest.ballooned());
      assertEquals(guest.actual, frontEnd.actual());
    }
  }

  private static long ballooned(PlainBalloon balloon) {
    return balloon.dma().progress().balloonedBytes();
  }

  /** A driver and its front end. A page is in one message at a time. */
  private static final class Guest {
    private final VhostFrontEnd frontEnd;
    private final Random random;
    private final boolean[] enabled = {true, true};
    private final Deque<Integer> inflating = new ArrayDeque<>();
    private final Deque<Integer> inBalloon = new ArrayDeque<>();
    private int next = 0x1000;
    private int actual;

    /**
     * Whether a deflate may be read while the inflate queue is stopped. It may give back what an
     * unread inflate names, so the device then takes no page of those messages.
     */
    private boolean overtakes;

    /** Whether the inflate queue may be about to start, by a message that has not been answered. */
    private boolean starting;

    Guest(VhostFrontEnd frontEnd, Random random) {
      this.frontEnd = frontEnd;
      this.random = random;
    }

    void start() throws IOException {
      frontEnd.shareMemory();
      FrontEndOrder.startInAnyOrder(frontEnd, List.of(INFLATE, DEFLATE), new int[2], random);
    }

    long ballooned() {
      return (long) inBalloon.size() * BLOCK * 4096;
    }

    void step() throws IOException {
      doOne(random.nextInt(2));
      overtakes |= !enabled[INFLATE] && frontEnd.takeBack(DEFLATE) > 0;
    }

    private void doOne(int queue) throws IOException {
      switch (random.nextInt(8)) {
        case 0, 1 -> inflate();
        case 2, 3 -> deflate();
        case 4 -> {
          overtakes |= frontEnd.takeBack(DEFLATE) > 0;
          enabled[queue] = !enabled[queue];
          frontEnd.enable(queue, enabled[queue]);
          starting |= queue == INFLATE;
        }
        case 5 -> restart(queue);
        case 6 -> frontEnd.shareMemory();
        default -> {
          actual = random.nextInt(1 << 20);
          frontEnd.actual(actual);
          frontEnd.ring(queue);
        }
      }
    }

    private void inflate() {
      if (inflating.size() < 32) {
        frontEnd.post(INFLATE, next, BLOCK);
        inflating.add(next);
        next += BLOCK;
      }
    }

    private void deflate() throws IOException {
      overtakes |= !enabled[INFLATE];
      if (starting) {
        int _ = frontEnd.actual(); // A kick may overtake messages, but not one that was answered.
        starting = false;
      }
      if (frontEnd.takeBack(INFLATE) == 0) {
        inBalloon.addAll(inflating);
        inflating.clear();
      }
      if (!inBalloon.isEmpty() && frontEnd.takeBack(DEFLATE) < 32) {
        frontEnd.post(DEFLATE, inBalloon.remove(), BLOCK);
      }
    }

    private void restart(int queue) throws IOException {
      overtakes |= frontEnd.takeBack(DEFLATE) > 0;
      int[] bases = new int[2];
      bases[queue] = frontEnd.handBack(queue);
      FrontEndOrder.startInAnyOrder(frontEnd, List.of(queue), bases, random);
      enabled[queue] = true;
      starting |= queue == INFLATE;
    }

    void end() throws Exception {
      for (int queue : List.of(INFLATE, DEFLATE)) {
        frontEnd.enable(queue, true);
        Backend.await("answers on queue " + queue, () -> frontEnd.takeBack(queue) == 0);
      }
      inBalloon.addAll(inflating);
      inflating.clear();
    }
  }
}
