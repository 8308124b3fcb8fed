package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.SharedFile.FRONT_END;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.vhost.user.FaultyBalloon.Fault;
import dev.aerostat.virtio.DeviceStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a front end sees of an engine that is struck by an error in the midst of a boot. */
@Timeout(180)
final class FailedEngineTest {
  private static final long FEATURES = 1 | 1L << 32;
  private static final long UP =
      DeviceStatus.ACKNOWLEDGE
          | DeviceStatus.DRIVER
          | DeviceStatus.FEATURES_OK
          | DeviceStatus.DRIVER_OK;
  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;

  /** Bytes from one queue's rings to the next one's; its message lies behind them. */
  private static final int QUEUE_BYTES = 0x4000;

  private static final int AVAILABLE = 0x1000;
  private static final int USED = 0x2000;
  private static final int MESSAGE = 0x3000;
  private static final int INDEX = 2;

  /** What is mapped last, as it is ballooned last: the low end of memory. */
  private static final int PFN = 64;

  @TempDir Path directory;

  private static Backend<FaultyBalloon> backend(Fault fault, boolean tellsFailure)
      throws IOException {
    return new Backend<>(
        VhostUserServer.settings(),
        (memory, frontEnd) -> new FaultyBalloon(memory, frontEnd, fault, tellsFailure));
  }

  /** A front end and its guest's driver, which sends one message at a time in each queue. */
  private static final class Guest implements AutoCloseable {
    private final SharedFile memory;
    private final ScriptedFrontEnd frontEnd;
    private final List<Descriptor> kicks;
    private final int[] sent = new int[2];

    Guest(Path socket, Path file) throws IOException {
      memory = new SharedFile(file);
      kicks = List.of(ScriptedFrontEnd.counter(), ScriptedFrontEnd.counter());
      frontEnd = ScriptedFrontEnd.negotiated(socket);
      assertEquals(0, tell(Request.SET_FEATURES, FEATURES));
      assertEquals(
          0,
          frontEnd.tell(
              Request.SET_MEM_TABLE,
              SharedFile.table(SharedFile.BYTES)::write,
              memory.descriptor()));
    }

    /** Starts a driver in both queues. */
    void load() throws IOException {
      assertEquals(0, tell(Request.SET_STATUS, UP));
      for (int queue = INFLATE; queue <= DEFLATE; queue++) {
        int ring = queue * QUEUE_BYTES;
        memory.bytes().putShort(ring + AVAILABLE + INDEX, (short) 0);
        memory.bytes().putShort(ring + USED + INDEX, (short) 0);
        sent[queue] = 0;
        long at = FRONT_END + ring;
        var addresses = new VringAddresses(queue, 0, at, at + USED, at + AVAILABLE, 0);
        assertEquals(0, frontEnd.tell(Request.SET_VRING_NUM, new VringState(queue, 8)::write));
        assertEquals(0, frontEnd.tell(Request.SET_VRING_BASE, new VringState(queue, 0)::write));
        assertEquals(0, frontEnd.tell(Request.SET_VRING_ADDR, addresses::write));
        long index = queue;
        assertEquals(
            0,
            frontEnd.tell(
                Request.SET_VRING_KICK, payload -> payload.putLong(index), kicks.get(queue)));
        assertEquals(0, frontEnd.tell(Request.SET_VRING_ENABLE, new VringState(queue, 1)::write));
      }
    }

    private long tell(Request request, long number) throws IOException {
      return frontEnd.tell(request, payload -> payload.putLong(number));
    }

    long status() throws IOException {
      return frontEnd.askNumber(Request.GET_STATUS);
    }

    void send(int queue) {
      int ring = queue * QUEUE_BYTES;
      memory.bytes().putInt(ring + MESSAGE, PFN);
      memory.bytes().putLong(ring, ring + MESSAGE).putInt(ring + Long.BYTES, Integer.BYTES);
      sent[queue]++;
      memory.bytes().putShort(ring + AVAILABLE + INDEX, (short) sent[queue]);
      ScriptedFrontEnd.ring(kicks.get(queue));
    }

    boolean isReturned(int queue) {
      return memory.bytes().getShort(queue * QUEUE_BYTES + USED + INDEX) == sent[queue];
    }

    void sendAndAwait(int queue) throws InterruptedException {
      send(queue);
      Backend.await("a message of queue " + queue, () -> isReturned(queue));
    }

    @Override
    public void close() {
      frontEnd.close();
      kicks.forEach(Descriptor::close);
      memory.close();
    }
  }

  private Guest guest(Backend<?> backend) throws IOException {
    return new Guest(backend.socket(), directory.resolve("memory"));
  }

  private static void assertNextIsServed(Backend<?> backend) throws Exception {
    try (var next = ScriptedFrontEnd.negotiated(backend.socket())) {
      assertEquals(5, next.askNumber(Request.GET_QUEUE_NUM));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MAP_ONCE", "MAP_ALWAYS"})
  void aMapperThatThrowsIsARefusalAndEverybodyGoesOn(Fault fault) throws Exception {
    try (Backend<FaultyBalloon> backend = backend(fault, true)) {
      try (Guest guest = guest(backend)) {
        FaultyBalloon balloon = backend.next();
        guest.load();
        guest.sendAndAwait(INFLATE);
        guest.send(DEFLATE);
        if (fault == Fault.MAP_ONCE) {
          Backend.await("the deflate", () -> guest.isReturned(DEFLATE));
          Backend.await("the gate", () -> balloon.dma().dmaReady().isDone());
        }
        assertEquals(UP, guest.status());
        assertEquals(
            new VringState(INFLATE, 1),
            VringState.read(
                guest.frontEnd.ask(Request.GET_VRING_BASE, new VringState(INFLATE, 0)::write)));
        assertFalse(balloon.hasFailed());
      }
      Backend.await("the end of the session", () -> backend.served() == 1);
      assertNextIsServed(backend);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GATE", "TRACKER"})
  void anEngineThatFailedNeedsAResetAndEachOfItsMessagesIsAnswered(Fault fault) throws Exception {
    try (Backend<FaultyBalloon> backend = backend(fault, false)) {
      try (Guest guest = guest(backend)) {
        FaultyBalloon balloon = backend.next();
        guest.load();
        guest.send(INFLATE);
        Backend.await("the failure", balloon::hasFailed);
        Backend.await("the inflate", () -> guest.isReturned(INFLATE));
        guest.sendAndAwait(DEFLATE);
        assertEquals(UP | DeviceStatus.NEEDS_RESET, guest.status());
        for (int queue = INFLATE; queue <= DEFLATE; queue++) {
          assertEquals(
              new VringState(queue, 1),
              VringState.read(
                  guest.frontEnd.ask(Request.GET_VRING_BASE, new VringState(queue, 0)::write)));
        }
        assertEquals(0, guest.tell(Request.SET_STATUS, 0));
        assertEquals(0, guest.status());
        guest.load();
        guest.sendAndAwait(INFLATE);
        guest.sendAndAwait(DEFLATE);
        assertEquals(UP | DeviceStatus.NEEDS_RESET, guest.status(), "there is no balloon any more");
        assertEquals(0, guest.tell(Request.RESET_DEVICE, 0));
      }
      Backend.await("the end of the session", () -> backend.served() == 1);
      assertNextIsServed(backend);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GATE", "TRACKER"})
  void anEngineThatFailedEndsTheSessionWhoseHostTellsOfItWithALine(Fault fault) throws Exception {
    try (Backend<FaultyBalloon> backend = backend(fault, true);
        Guest guest = guest(backend)) {
      FaultyBalloon balloon = backend.next();
      try {
        guest.load();
        guest.send(INFLATE);
      } catch (IOException ended) {
        // The gate may have thrown by then.
      }
      Throwable failure = backend.failure();
      assertInstanceOf(AssertionError.class, failure.getCause(), "the cause is lost");
      String why = failure.toString();
      assertTrue(why.contains("the device has failed: java.lang.AssertionError: the "), why);
      assertThrows(IOException.class, guest::status);
      assertTrue(balloon.isClosed());
      var served = new CompletableFuture<Boolean>();
      Thread _ =
          Thread.ofPlatform().daemon().start(() -> served.complete(serves(backend.server())));
      assertNextIsServed(backend);
      assertTrue(Backend.get("the end of a session", served));
    }
  }

  private static boolean serves(VhostUserServer server) {
    try {
      return server.serve();
    } catch (IOException failure) {
      return false;
    }
  }
}
