package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.socket.UnixAddress;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A front end that has its back end keep open what shows that the front end is gone. */
@Timeout(180)
final class OwnConnectionTest {
  private static final BalloonSettings SETTINGS = VhostUserServer.settings();
  private static final long SERVED = 0;
  private static final long REFUSED = 1;

  @TempDir Path directory;

  private static Backend<BareBalloon> backend() throws IOException {
    return new Backend<>(SETTINGS, (memory, front) -> new BareBalloon(memory, front, SETTINGS));
  }

  private static void say(ScriptedFrontEnd frontEnd, Request request, Descriptor with)
      throws IOException {
    ByteBuffer message = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
    new MessageHeader(request.number(), MessageHeader.VERSION, 8).write(message);
    assertTrue(frontEnd.offer(message.putLong(0).flip(), List.of(with)));
  }

  private static long tell(ScriptedFrontEnd frontEnd, Request request, Descriptor with)
      throws IOException {
    return frontEnd.tell(request, payload -> payload.putLong(0), with);
  }

  @ParameterizedTest
  @EnumSource(names = {"SET_VRING_KICK", "SET_VRING_CALL", "SET_BACKEND_REQ_FD", "SET_VRING_ERR"})
  void whoeverSendsItsOwnConnectionAlongMakesRoomWhenItGoes(Request request) throws Exception {
    Backend<BareBalloon> backend = backend();
    try (var frontEnd = new ScriptedFrontEnd(backend.socket())) {
      say(frontEnd, request, frontEnd.connection());
    }
    if (request == Request.SET_VRING_ERR) {
      Backend.await("the end of the session", () -> backend.served() == 1);
    } else {
      String why = backend.failure().toString();
      assertTrue(why.contains("expected an eventfd"), why);
    }
    backend.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"SET_VRING_CALL", "SET_BACKEND_REQ_FD"})
  void aSocketThatHoldsTheConnectionIsRefusedAndNotKept(Request request) throws Exception {
    try (Backend<BareBalloon> backend = backend()) {
      try (var frontEnd = ScriptedFrontEnd.negotiated(backend.socket());
          var pair = SocketPair.in(directory)) {
        var into = new ScriptedFrontEnd(pair.ours());
        assertTrue(into.offer(ByteBuffer.allocate(1), List.of(frontEnd.connection())));
        assertEquals(REFUSED, tell(frontEnd, request, pair.theirs()));
      }
      Backend.await("the end of the session", () -> backend.served() == 1);
    }
  }

  @Test
  void nothingCanBeSentIntoASocketOnceItIsACall() throws Exception {
    try (Backend<BareBalloon> backend = backend()) {
      try (var frontEnd = ScriptedFrontEnd.negotiated(backend.socket());
          var pair = SocketPair.in(directory)) {
        assertEquals(SERVED, tell(frontEnd, Request.SET_VRING_CALL, pair.theirs()));
        var into = new ScriptedFrontEnd(pair.ours());
        assertFalse(into.offer(ByteBuffer.allocate(1), List.of(frontEnd.connection())));
      }
      Backend.await("the end of the session", () -> backend.served() == 1);
    }
  }

  @Test
  void nobodyConnectsToASocketThatIsACallAndListensLater() throws Exception {
    try (Backend<BareBalloon> backend = backend()) {
      try (var frontEnd = ScriptedFrontEnd.negotiated(backend.socket());
          Descriptor call = ScriptedFrontEnd.socket();
          Arena arena = Arena.ofConfined()) {
        assertEquals(SERVED, tell(frontEnd, Request.SET_VRING_CALL, call));
        Path name = directory.resolve("call");
        UnixAddress.bind(SocketCalls.libc(), call.number(), name);
        assertEquals(0, SocketCalls.libc().listen(call.number(), 1));
        try (Descriptor other = ScriptedFrontEnd.socket()) {
          assertTrue(SocketCalls.libc().connect(other.number(), UnixAddress.of(arena, name)) < 0);
        }
      }
      Backend.await("the end of the session", () -> backend.served() == 1);
    }
  }

  @Test
  void socketsThatListenOrKeepMessagesApartAreNoCalls() throws Exception {
    try (Backend<BareBalloon> backend = backend()) {
      int number = CallResult.require("socket", SocketCalls.libc().unixDatagramSocket());
      try (var frontEnd = ScriptedFrontEnd.negotiated(backend.socket());
          var datagrams = new Descriptor(SystemCalls.libc(), number);
          Descriptor listener = ScriptedFrontEnd.socket()) {
        UnixAddress.bind(SocketCalls.libc(), listener.number(), directory.resolve("l"));
        assertEquals(0, SocketCalls.libc().listen(listener.number(), 1));
        assertEquals(REFUSED, tell(frontEnd, Request.SET_VRING_CALL, datagrams));
        assertEquals(REFUSED, tell(frontEnd, Request.SET_VRING_CALL, listener));
      }
      Backend.await("the end of the session", () -> backend.served() == 1);
    }
  }

  @Test
  void twoServersDoNotHoldEachOthersFrontEndWhenItIsGone() throws Exception {
    Backend<BareBalloon> one = backend();
    Backend<BareBalloon> other = backend();
    try (var toOne = ScriptedFrontEnd.negotiated(one.socket());
        var toOther = ScriptedFrontEnd.negotiated(other.socket())) {
      say(toOne, Request.SET_VRING_CALL, toOther.connection());
      say(toOther, Request.SET_VRING_CALL, toOne.connection());
    }
    Backend.await("the end of both sessions", () -> one.isOver() && other.isOver());
    one.server().close(); // Not the back end, which takes the session's error for a failure.
    other.server().close();
  }

  /** As User Mode Linux has it. */
  @Test
  void aSocketOfItsOwnIsACall() throws Exception {
    try (var pair = SocketPair.in(directory);
        Arena arena = Arena.ofConfined();
        var call = new SignalDescriptor(arena.allocateFrom(JAVA_LONG, 7))) {
      int copy = CallResult.require("copy", SystemCalls.libc().duplicate(pair.theirs().number()));
      call.connect(new Descriptor(SystemCalls.libc(), copy));
      call.signal();
      MemorySegment word = arena.allocate(JAVA_LONG);
      assertEquals(Long.BYTES, SocketCalls.libc().read(pair.ours().number(), word));
      assertEquals(7, word.get(JAVA_LONG, 0));
    }
  }
}
