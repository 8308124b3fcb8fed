package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.guest.VhostFrontEnd.CONFIG;
import static dev.aerostat.vhost.guest.VhostFrontEnd.DEFLATE;
import static dev.aerostat.vhost.guest.VhostFrontEnd.INFLATE;
import static dev.aerostat.vhost.guest.VhostFrontEnd.PROTOCOL_FEATURES;
import static dev.aerostat.vhost.guest.VhostFrontEnd.REPLY_ACK;
import static dev.aerostat.vhost.guest.VhostFrontEnd.RESET_DEVICE;
import static dev.aerostat.vhost.guest.VhostFrontEnd.STATUS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.vhost.guest.FrontEndOrder;
import dev.aerostat.vhost.guest.VhostFrontEnd;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The orders of known front ends, by one that shares no code with the back end. */
final class FrontEndOrdersTest {
  private static final long MEMORY_BYTES = 64 << 20;

  /** MUST_TELL_HOST and VERSION_1. */
  private static final long DEVICE_FEATURES = 1 | 1L << 32;

  private static Stream<Arguments> orders() {
    return Stream.of(FrontEndOrder.values())
        .flatMap(
            order ->
                order == FrontEndOrder.WITHOUT_PROTOCOL_FEATURES
                    ? Stream.of(Arguments.of(order, 0L))
                    : Stream.of(0L, REPLY_ACK, REPLY_ACK | STATUS, RESET_DEVICE)
                        .map(protocol -> Arguments.of(order, CONFIG | protocol)));
  }

  private static Backend<PlainBalloon> backend() throws Exception {
    return new Backend<>(
        VhostUserServer.settings(),
        (memory, front) -> new PlainBalloon(memory, front, VhostUserServer.settings(), true));
  }

  private static VhostFrontEnd connect(Backend<PlainBalloon> backend, long protocolFeatures)
      throws Exception {
    long features = DEVICE_FEATURES | (protocolFeatures == 0 ? 0 : PROTOCOL_FEATURES);
    return VhostFrontEnd.connect(backend.socket(), MEMORY_BYTES, features, protocolFeatures);
  }

  private static void awaitAnswers(VhostFrontEnd frontEnd) throws InterruptedException {
    Backend.await("answers to inflates", () -> frontEnd.takeBack(INFLATE) == 0);
    Backend.await("answers to deflates", () -> frontEnd.takeBack(DEFLATE) == 0);
  }

  @ParameterizedTest
  @MethodSource("orders")
  void everyMessageIsAnsweredOnceAndAPauseLosesNothing(FrontEndOrder order, long protocolFeatures)
      throws Exception {
    try (var backend = backend();
        VhostFrontEnd frontEnd = connect(backend, protocolFeatures)) {
      order.start(frontEnd, new int[2]);
      PlainBalloon balloon = backend.next();
      frontEnd.post(INFLATE, 0x2000, 256);
      frontEnd.post(INFLATE, 0x3000, 256);
      awaitAnswers(frontEnd);
      frontEnd.actual(512);
      for (int pause = 1; pause <= 2; pause++) {
        int[] bases = order.pause(frontEnd);
        frontEnd.waitUntilTaken();
        frontEnd.post(INFLATE, 0x2000 + 0x100 * pause, 256);
        frontEnd.post(DEFLATE, 0x3000 + 0x10 * pause, 16);
        assertEquals(1, frontEnd.takeBack(DEFLATE), "a queue that is stopped answers nothing");
        order.resume(frontEnd, bases);
        awaitAnswers(frontEnd);
        assertEquals(512, frontEnd.actual());
      }
      frontEnd.post(DEFLATE, 0x2000, 256);
      awaitAnswers(frontEnd);
      long expected = 4 * 256 - 2 * 16 - 256;
      assertEquals(expected * 4096, balloon.dma().progress().balloonedBytes());
      assertEquals(0, balloon.dma().deviceCounters().resets());
      assertEquals(
          0, balloon.dma().deviceCounters().mistakes().values().stream().mapToLong(n -> n).sum());
    }
  }

  @ParameterizedTest
  @MethodSource("orders")
  void aNewDriverAfterAStopFindsAnEmptyBalloon(FrontEndOrder order, long protocolFeatures)
      throws Exception {
    try (var backend = backend();
        VhostFrontEnd frontEnd = connect(backend, protocolFeatures)) {
      order.start(frontEnd, new int[2]);
      PlainBalloon balloon = backend.next();
      frontEnd.post(INFLATE, 0x2000, 256);
      awaitAnswers(frontEnd);
      int[] _ = order.pause(frontEnd);
      frontEnd.waitUntilTaken();
      frontEnd.newDriver();
      if ((protocolFeatures & RESET_DEVICE) != 0) {
        frontEnd.resetDevice();
      } else if ((protocolFeatures & STATUS) != 0) {
        frontEnd.status(0);
      }
      order.start(frontEnd, new int[2]);
      frontEnd.post(INFLATE, 0x3000, 16);
      awaitAnswers(frontEnd);
      assertEquals(16 * 4096, balloon.dma().progress().balloonedBytes());
      assertEquals(1, balloon.dma().deviceCounters().resets());
      assertEquals(
          Map.of(), balloon.dma().deviceCounters().mistakes(), "a new driver is no mistake");
      assertEquals(0, frontEnd.actual());
    }
  }

  @Test
  void qemuWritesStatus0AtEachStopAndAPauseIsStillNone() throws Exception {
    try (var backend = backend();
        VhostFrontEnd frontEnd = connect(backend, CONFIG | REPLY_ACK | STATUS)) {
      FrontEndOrder.QEMU.start(frontEnd, new int[2]);
      frontEnd.status(7);
      PlainBalloon balloon = backend.next();
      frontEnd.post(INFLATE, 0x2000, 256);
      awaitAnswers(frontEnd);
      int[] bases = FrontEndOrder.QEMU.pause(frontEnd);
      frontEnd.status(0);
      assertEquals(0, frontEnd.status());
      FrontEndOrder.QEMU.resume(frontEnd, bases);
      frontEnd.status(7);
      frontEnd.post(DEFLATE, 0x2000, 128);
      awaitAnswers(frontEnd);
      assertEquals(128 * 4096, balloon.dma().progress().balloonedBytes());
      assertEquals(0, balloon.dma().deviceCounters().resets());
    }
  }
}
