package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.SharedFile.FRONT_END;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a session answers to a front end, which need not be one that means well. */
final class SessionTest {
  private static final BalloonSettings SETTINGS = VhostUserServer.settings();

  /** MUST_TELL_HOST and VERSION_1. */
  private static final long FEATURES = 1 | 1L << 32;

  private static final long SERVED = 0;
  private static final long REFUSED = 1;

  @TempDir Path directory;
  private Backend<BareBalloon> backend;
  private SharedFile memory;
  private ScriptedFrontEnd frontEnd;

  @BeforeEach
  void connect() throws IOException {
    backend = new Backend<>(SETTINGS, (memory, front) -> new BareBalloon(memory, front, SETTINGS));
    memory = new SharedFile(directory.resolve("memory"));
    frontEnd = ScriptedFrontEnd.negotiated(backend.socket());
  }

  @AfterEach
  void disconnect() throws IOException {
    frontEnd.close();
    memory.close();
    backend.close();
  }

  private BareBalloon shareMemory() throws Exception {
    assertEquals(SERVED, share(SharedFile.BYTES));
    return backend.next();
  }

  private long share(long bytes) throws IOException {
    return frontEnd.tell(
        Request.SET_MEM_TABLE, SharedFile.table(bytes)::write, memory.descriptor());
  }

  private static Consumer<ByteBuffer> number(long value) {
    return payload -> payload.putLong(value);
  }

  private static Consumer<ByteBuffer> state(int queue, int value) {
    return new VringState(queue, value)::write;
  }

  private static Consumer<ByteBuffer> config(int offset, int size, int... fields) {
    return payload -> {
      payload.putInt(offset).putInt(size).putInt(0);
      for (int field : fields) {
        payload.putInt(field);
      }
    };
  }

  // --- Features and memory ----------------------------------------------------------------------

  @Test
  void offersTheDevicesFeaturesAndThoseOfTheProtocol() throws Exception {
    assertEquals(
        SETTINGS.featureBits() | ProtocolFeatures.NEGOTIABLE,
        frontEnd.askNumber(Request.GET_FEATURES));
    assertEquals(ProtocolFeatures.OFFERED, frontEnd.askNumber(Request.GET_PROTOCOL_FEATURES));
    assertEquals(5, frontEnd.askNumber(Request.GET_QUEUE_NUM));
    assertEquals(SERVED, frontEnd.tell(Request.SET_OWNER, _ -> {}));
    assertEquals(SERVED, frontEnd.tell(Request.SET_PROTOCOL_FEATURES, number(8)));
    assertEquals(SERVED, frontEnd.tell(Request.SET_FEATURES, number(FEATURES)));
  }

  @Test
  void refusesADriverThatWouldNotTellTheHost() throws Exception {
    assertEquals(REFUSED, frontEnd.tell(Request.SET_FEATURES, number(1L << 32)));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_FEATURES, number(FEATURES | 1L << 34)));
    assertEquals(SERVED, frontEnd.tell(Request.SET_FEATURES, number(FEATURES)));
  }

  @Test
  void refusesEachFeatureThatItDoesNotOffer() throws Exception {
    long offered = SETTINGS.featureBits() | ProtocolFeatures.NEGOTIABLE;
    for (int bit = 0; bit < Long.SIZE; bit++) {
      long expected = (offered >>> bit & 1) == 0 ? REFUSED : SERVED;
      long asked = FEATURES | ProtocolFeatures.NEGOTIABLE | 1L << bit;
      assertEquals(expected, frontEnd.tell(Request.SET_FEATURES, number(asked)), "bit " + bit);
    }
  }

  @Test
  void refusesEachProtocolFeatureThatItDoesNotOfferAndKeepsThoseItHas() throws Exception {
    for (int bit = 0; bit < Long.SIZE; bit++) {
      if ((ProtocolFeatures.OFFERED >>> bit & 1) == 0) {
        long asked = ProtocolFeatures.REPLY_ACK | 1L << bit;
        assertEquals(
            REFUSED, frontEnd.tell(Request.SET_PROTOCOL_FEATURES, number(asked)), "bit " + bit);
      }
    }
    long status = ProtocolFeatures.REPLY_ACK | ProtocolFeatures.STATUS;
    assertEquals(SERVED, frontEnd.tell(Request.SET_PROTOCOL_FEATURES, number(status)));
    assertEquals(0, frontEnd.askNumber(Request.GET_STATUS));
  }

  @Test
  void refusesWhatItDoesNotKnowAndGoesOn() throws Exception {
    assertEquals(REFUSED, frontEnd.tell(99, _ -> {}));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_FEATURES, _ -> {}));
    assertEquals(5, frontEnd.askNumber(Request.GET_QUEUE_NUM));
  }

  @Test
  void refusesMemoryThatItCannotMap() throws Exception {
    assertEquals(
        REFUSED, frontEnd.tell(Request.SET_MEM_TABLE, SharedFile.table(SharedFile.BYTES)::write));
    assertEquals(REFUSED, share(SharedFile.BYTES * 2));
    assertEquals(REFUSED, share(100));
    assertTrue(backend.noMore(), "no device was built");
    BareBalloon _ = shareMemory();
  }

  @Test
  void theSameMemoryKeepsItsDeviceAndOtherMemoryGetsAnother() throws Exception {
    BareBalloon first = shareMemory();
    assertEquals(SERVED, share(SharedFile.BYTES));
    assertTrue(backend.noMore());
    assertFalse(first.isClosed());
    assertEquals(SERVED, share(SharedFile.BYTES / 2));
    BareBalloon _ = backend.next();
    assertTrue(first.isClosed());
  }

  // --- Queues -----------------------------------------------------------------------------------

  private void place(int queue, long frontEndAddress) throws IOException {
    assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_NUM, state(queue, 8)));
    assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_BASE, state(queue, 0)));
    var addresses =
        new VringAddresses(
            queue, 0, frontEndAddress, frontEndAddress + 0x2000, frontEndAddress + 0x1000, 0);
    assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_ADDR, addresses::write));
  }

  @Test
  void aMessageIsReadAtAKickAndReturnedWithACall() throws Exception {
    BareBalloon balloon = shareMemory();
    assertEquals(SERVED, frontEnd.tell(Request.SET_FEATURES, number(FEATURES)));
    try (var kick = ScriptedFrontEnd.counter();
        var call = ScriptedFrontEnd.counter()) {
      place(0, FRONT_END);
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_CALL, number(0), call));
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_KICK, number(0), kick));
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_ENABLE, state(0, 1)));
      memory.bytes().putInt(0x3000, 77);
      memory.bytes().putLong(0, 0x3000).putInt(8, Integer.BYTES);
      memory.bytes().putShort(0x1002, (short) 1);
      ScriptedFrontEnd.ring(kick);
      Backend.await("the call", () -> ScriptedFrontEnd.rang(call));
      assertEquals(1, memory.bytes().getShort(0x2002), "the used index");
      ByteBuffer base = frontEnd.ask(Request.GET_VRING_BASE, state(0, 0));
      assertEquals(new VringState(0, 1), VringState.read(base));
      assertEquals(1, balloon.held().counters().inflatePages());
      assertEquals(0, balloon.held().counters().resets(), "a stopped queue is no reset");
    }
  }

  /** A ring starts at its kick (QEMU's vhost-user.rst, "Ring states"): nothing else has changed. */
  @Test
  void aQueueThatWasHandedBackGoesOnOnceANewKickIsRung() throws Exception {
    BareBalloon balloon = startDriver();
    ByteBuffer base = frontEnd.ask(Request.GET_VRING_BASE, state(0, 0));
    assertEquals(new VringState(0, 0), VringState.read(base));
    assertFalse(balloon.device().isQueueEnabled(0));
    try (var kick = ScriptedFrontEnd.counter()) {
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_KICK, number(0), kick));
      assertFalse(balloon.device().isQueueEnabled(0), "not set up anew, and not rung");
      memory.bytes().putInt(0x3000, 77);
      memory.bytes().putLong(0, 0x3000).putInt(8, Integer.BYTES);
      memory.bytes().putShort(0x1002, (short) 1);
      ScriptedFrontEnd.ring(kick);
      Backend.await("the message", () -> memory.bytes().getShort(0x2002) == 1);
      assertEquals(0, balloon.held().counters().resets());
    }
  }

  @Test
  void aDisabledQueueIsNoReset() throws Exception {
    BareBalloon balloon = startDriver();
    balloon.device().writeConfig(4, 4, 77);
    assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_ENABLE, state(0, 0)));
    assertFalse(balloon.device().isQueueEnabled(0));
    assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_ENABLE, state(0, 1)));
    assertTrue(balloon.device().isQueueEnabled(0));
    assertEquals(77, balloon.held().actual());
    assertEquals(0, balloon.held().counters().resets());
  }

  @Test
  void aDeviceThatIsResetHasNoQueuesAndTakesANewDriver() throws Exception {
    BareBalloon balloon = startDriver();
    balloon.device().writeConfig(4, 4, 77);
    assertEquals(SERVED, frontEnd.tell(Request.RESET_DEVICE, _ -> {}));
    assertEquals(0, balloon.held().actual());
    assertEquals(0, balloon.device().status());
    try (var kick = ScriptedFrontEnd.counter()) {
      place(0, FRONT_END);
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_KICK, number(0), kick));
      assertEquals(0, balloon.device().status(), "it starts only once it is enabled");
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_ENABLE, state(0, 1)));
      assertTrue(balloon.device().isQueueEnabled(0));
    }
  }

  @Test
  void theStatusIsTheDriversAnd0IsAReset() throws Exception {
    BareBalloon balloon = startDriver();
    assertEquals(SERVED, frontEnd.tell(Request.SET_STATUS, number(15)));
    assertEquals(15, frontEnd.askNumber(Request.GET_STATUS));
    balloon.held().fail();
    assertEquals(15 | 64, frontEnd.askNumber(Request.GET_STATUS));
    assertEquals(SERVED, frontEnd.tell(Request.SET_STATUS, number(0)));
    assertEquals(0, frontEnd.askNumber(Request.GET_STATUS));
    assertEquals(1, balloon.held().counters().resets());
  }

  @Test
  void theSameMemoryTableMeansNothingToQueuesThatRunAndAnotherIsRefused() throws Exception {
    BareBalloon balloon = startDriver();
    assertEquals(SERVED, share(SharedFile.BYTES));
    assertEquals(REFUSED, share(SharedFile.BYTES / 2));
    assertTrue(balloon.device().isQueueEnabled(0));
    assertFalse(balloon.isClosed());
    assertTrue(backend.noMore());
  }

  @Test
  void whatAQueueIsStaysAsItIsWhileItRuns() throws Exception {
    BareBalloon balloon = startDriver();
    var elsewhere = new VringAddresses(0, 0, FRONT_END, FRONT_END + 0x3000, FRONT_END + 0x1000, 0);
    assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_ADDR, elsewhere::write));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_NUM, state(0, 16)));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_BASE, state(0, 16)));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_FEATURES, number(FEATURES | 2)));
    place(0, FRONT_END);
    assertTrue(balloon.device().isQueueEnabled(0));
  }

  @Test
  void aResetIsAnsweredWhenItHasTakenEffect() throws Exception {
    BareBalloon balloon = startDriver();
    balloon.holdResets();
    var answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return frontEnd.tell(Request.RESET_DEVICE, _ -> {});
              } catch (IOException ended) {
                throw new UncheckedIOException(ended);
              }
            });
    Backend.await("a reset that is held", balloon::isResetHeld);
    assertFalse(answer.isDone());
    balloon.completeReset();
    assertEquals(SERVED, Backend.get("an answer", answer));
  }

  @Test
  void aFrontEndThatGoesWhileAResetIsHeldEndsTheSession() throws Exception {
    BareBalloon balloon = startDriver();
    balloon.holdResets();
    frontEnd.say(Request.RESET_DEVICE.number(), _ -> {});
    frontEnd.close();
    Backend.await("the end of the session", () -> backend.served() == 1);
    assertTrue(balloon.isClosed());
    assertEquals(0, balloon.held().counters().resets());
  }

  private BareBalloon startDriver() throws Exception {
    BareBalloon balloon = shareMemory();
    assertEquals(SERVED, frontEnd.tell(Request.SET_FEATURES, number(FEATURES)));
    try (var kick = ScriptedFrontEnd.counter()) {
      place(0, FRONT_END);
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_KICK, number(0), kick));
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_CALL, number(1 << 8)));
    }
    assertTrue(balloon.device().isQueueEnabled(0), "it is complete, and enabled from the start");
    return balloon;
  }

  @Test
  void refusesQueuesThatAreNotThereOrLieNowhere() throws Exception {
    BareBalloon _ = shareMemory();
    assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_NUM, state(5, 8)));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_KICK, number(1 << 8)));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_KICK, number(0)));
    long nowhere = FRONT_END - 0x10_0000;
    var addresses = new VringAddresses(0, 0, nowhere, nowhere, nowhere, 0);
    assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_ADDR, addresses::write));
  }

  @Test
  void aQueueThatIsMisplacedIsRefusedWhenItIsCompleteAndItsKicksEndNothing() throws Exception {
    BareBalloon balloon = shareMemory();
    assertEquals(SERVED, frontEnd.tell(Request.SET_FEATURES, number(FEATURES)));
    try (var kick = ScriptedFrontEnd.counter()) {
      for (long start : new long[] {FRONT_END + 8, FRONT_END + SharedFile.BYTES - 0x2010}) {
        place(0, start);
        assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_KICK, number(0), kick));
        ScriptedFrontEnd.ring(kick);
        assertEquals(5, frontEnd.askNumber(Request.GET_QUEUE_NUM), "the session goes on");
        assertFalse(balloon.device().isQueueEnabled(0));
        frontEnd.ask(Request.GET_VRING_BASE, state(0, 0));
      }
      place(0, FRONT_END);
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_KICK, number(0), kick));
      assertTrue(balloon.device().isQueueEnabled(0));
    }
  }

  @Test
  void refusesSizesAndIndexesThatNoQueueHas() throws Exception {
    for (int size : new int[] {0, 3, 2048, -1}) {
      assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_NUM, state(0, size)), "size " + size);
    }
    for (int index : new int[] {-1, 0x1_0000}) {
      assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_BASE, state(0, index)));
    }
    assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_NUM, state(0, 1024)));
  }

  @Test
  void refusesQueuesBeforeMemory() throws Exception {
    try (var kick = ScriptedFrontEnd.counter()) {
      place(0, FRONT_END);
      assertEquals(SERVED, frontEnd.tell(Request.SET_VRING_KICK, number(0), kick));
      assertEquals(REFUSED, frontEnd.tell(Request.SET_VRING_ENABLE, state(0, 1)));
      assertTrue(frontEnd.askNumber(Request.GET_QUEUE_NUM) > 0, "the session goes on");
    }
  }

  // --- Config space -----------------------------------------------------------------------------

  @Test
  void theConfigSpaceIsZeroBeforeMemoryAndBeyondItsEnd() throws Exception {
    assertEquals(0, readConfig(0));
    BareBalloon balloon = shareMemory();
    balloon.held().setTarget(1234);
    assertEquals(1234, readConfig(0));
    assertEquals(0, readConfig(100));
  }

  private int readConfig(int offset) throws IOException {
    return frontEnd.ask(Request.GET_CONFIG, config(offset, 4, 0)).getInt(12);
  }

  @Test
  void ofAWholeConfigSpaceOnlyActualIsTheDrivers() throws Exception {
    BareBalloon balloon = shareMemory();
    balloon.held().setTarget(7);
    assertEquals(SERVED, frontEnd.tell(Request.SET_CONFIG, config(0, 8, 99, 5)));
    assertEquals(7, balloon.held().target());
    assertEquals(5, balloon.held().actual());
  }

  @Test
  void refusesConfigAccessesThatMakeNoSense() throws Exception {
    BareBalloon _ = shareMemory();
    assertEquals(REFUSED, frontEnd.tell(Request.SET_CONFIG, payload -> payload.putInt(0)));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_CONFIG, config(-1, 4, 0)));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_CONFIG, config(0, 257, 0)));
    assertEquals(REFUSED, frontEnd.tell(Request.SET_CONFIG, config(0, 8, 0)));
  }

  @Test
  void aReadOfTheConfigSpaceThatMakesNoSenseIsAnsweredWithoutAPayload() throws Exception {
    BareBalloon _ = shareMemory();
    for (Consumer<ByteBuffer> wrong :
        List.of(config(0, 257, 0), config(-1, 4, 0), config(0, 8, 0), number(0))) {
      assertEquals(0, frontEnd.ask(Request.GET_CONFIG, wrong).remaining());
    }
    assertEquals(12 + 4, frontEnd.ask(Request.GET_CONFIG, config(0, 4, 0)).remaining());
  }

  // --- The end of a connection ------------------------------------------------------------------

  @Test
  void whoeverAsksForNoAnswerLosesTheConnectionOverWhatCannotBeServed() throws Exception {
    frontEnd.say(99, _ -> {});
    assertThrows(IOException.class, () -> frontEnd.askNumber(Request.GET_QUEUE_NUM));
    assertTrue(backend.failure().toString().contains("request 99 is not served"));
  }

  @Test
  void aDeviceThatFailsInTheMidstOfASessionEndsItUnaskedAndTheNextGuestIsServed() throws Exception {
    BareBalloon balloon = shareMemory();
    assertEquals(5, frontEnd.askNumber(Request.GET_QUEUE_NUM));
    balloon.fail("its gate threw");
    Throwable failure = backend.failure();
    assertTrue(
        failure
            .toString()
            .contains("the device has failed: java.lang.IllegalStateException: its gate threw"),
        failure::toString);
    assertInstanceOf(IllegalStateException.class, failure.getCause(), "the cause is lost");
    assertThrows(IOException.class, () -> frontEnd.askNumber(Request.GET_QUEUE_NUM));
    assertTrue(balloon.isClosed());

    var served = new CompletableFuture<Boolean>();
    Thread _ = Thread.ofPlatform().daemon().start(() -> served.complete(serves()));
    try (var next = ScriptedFrontEnd.negotiated(backend.socket())) {
      assertEquals(5, next.askNumber(Request.GET_QUEUE_NUM));
    }
    assertTrue(Backend.get("the end of a session", served));
  }

  private boolean serves() {
    try {
      return backend.server().serve();
    } catch (IOException failure) {
      return false;
    }
  }

  @Test
  void aMessageThatIsTooLongEndsTheConnection() throws Exception {
    frontEnd.sayHeader(new MessageHeader(1, MessageHeader.VERSION, 1 << 20));
    assertThrows(IOException.class, () -> frontEnd.askNumber(Request.GET_QUEUE_NUM));
    assertTrue(backend.failure().toString().contains("at most 4096 bytes"));
  }

  @Test
  void theDeviceIsClosedWhenTheFrontEndGoesAndWhenTheServerDoes() throws Exception {
    BareBalloon first = shareMemory();
    frontEnd.close();
    Backend.await("the end of the session", () -> backend.served() == 1);
    assertTrue(first.isClosed());
    frontEnd = ScriptedFrontEnd.negotiated(backend.socket());
    BareBalloon second = shareMemory();
    backend.close();
    assertTrue(second.isClosed());
  }
}
