package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.socket.UnixAddress;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A front end that sends what a test wants it to send. */
final class ScriptedFrontEnd implements AutoCloseable {
  private static final SocketCalls CALLS = SocketCalls.libc();
  private static final int WANTS_REPLY = MessageHeader.VERSION | 1 << 3;

  private final Descriptor socket;

  /** Takes over a connection. */
  ScriptedFrontEnd(Descriptor socket) {
    this.socket = socket;
  }

  ScriptedFrontEnd(Path path) throws IOException {
    socket = socket();
    try (Arena arena = Arena.ofConfined()) {
      int _ =
          CallResult.require(
              "connect", CALLS.connect(socket.number(), UnixAddress.of(arena, path)));
    }
  }

  static Descriptor socket() throws IOException {
    return new Descriptor(
        SystemCalls.libc(), CallResult.require("socket", CALLS.unixStreamSocket()));
  }

  /** Returns its end of the connection. */
  Descriptor connection() {
    return socket;
  }

  /** Connects and negotiates all features of the protocol, so that requests are acknowledged. */
  static ScriptedFrontEnd negotiated(Path path) throws IOException {
    var frontEnd = new ScriptedFrontEnd(path);
    frontEnd.say(
        Request.SET_PROTOCOL_FEATURES.number(),
        payload -> payload.putLong(ProtocolFeatures.OFFERED));
    return frontEnd;
  }

  static Descriptor counter() throws IOException {
    return new Descriptor(SystemCalls.libc(), CallResult.require("eventfd", CALLS.eventCounter()));
  }

  static void ring(Descriptor counter) {
    try (Arena arena = Arena.ofConfined()) {
      long _ = CALLS.write(counter.number(), arena.allocateFrom(JAVA_LONG, 1));
    }
  }

  static boolean rang(Descriptor counter) {
    try (Arena arena = Arena.ofConfined()) {
      return CALLS.read(counter.number(), arena.allocate(JAVA_LONG)) > 0;
    }
  }

  /** Returns what a request asks for. */
  ByteBuffer ask(Request request, Consumer<ByteBuffer> payload) throws IOException {
    send(request.number(), MessageHeader.VERSION, payload, List.of());
    return receive();
  }

  long askNumber(Request request) throws IOException {
    return ask(request, _ -> {}).getLong();
  }

  /** Returns the answer to a request that asks for nothing: 0 if it was served. */
  long tell(Request request, Consumer<ByteBuffer> payload, Descriptor... with) throws IOException {
    return tell(request.number(), payload, with);
  }

  long tell(int request, Consumer<ByteBuffer> payload, Descriptor... with) throws IOException {
    send(request, WANTS_REPLY, payload, List.of(with));
    return receive().getLong();
  }

  /** Sends a message without waiting for an answer. */
  void say(int request, Consumer<ByteBuffer> payload) throws IOException {
    send(request, MessageHeader.VERSION, payload, List.of());
  }

  /** Sends a header alone, whatever it promises. */
  void sayHeader(MessageHeader header) throws IOException {
    var bytes = buffer(MessageHeader.BYTES);
    header.write(bytes);
    send(bytes.flip(), List.of());
  }

  private void send(int request, int flags, Consumer<ByteBuffer> payload, List<Descriptor> with)
      throws IOException {
    var body = buffer(512);
    payload.accept(body);
    body.flip();
    var message = buffer(MessageHeader.BYTES + body.remaining());
    new MessageHeader(request, flags, body.remaining()).write(message);
    send(message.put(body).flip(), with);
  }

  private void send(ByteBuffer message, List<Descriptor> with) throws IOException {
    long _ = CallResult.require("send", sendNow(message, with, SocketConstants.MSG_NOSIGNAL));
  }

  /** Sends bytes as they are, if there is room; returns false if the back end is gone. */
  boolean offer(ByteBuffer message, List<Descriptor> with) throws IOException {
    if (!message.hasRemaining()) {
      return true;
    }
    long sent = sendNow(message, with, SocketConstants.MSG_NOSIGNAL | SocketConstants.MSG_DONTWAIT);
    if (sent == -CallResult.EPIPE || sent == -CallResult.ECONNRESET) {
      return false;
    }
    return sent == -CallResult.EAGAIN || CallResult.require("send", sent) >= 0;
  }

  /** Reads whatever has been answered. */
  void drain() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(4096);
      MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
      piece.set(JAVA_LONG, 0, bytes.address());
      piece.set(JAVA_LONG, SocketConstants.IOV_LEN, bytes.byteSize());
      long _ = CALLS.readNow(socket.number(), piece);
    }
  }

  private long sendNow(ByteBuffer message, List<Descriptor> with, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(message.remaining());
      bytes.copyFrom(MemorySegment.ofBuffer(message));
      MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
      piece.set(JAVA_LONG, 0, bytes.address());
      piece.set(JAVA_LONG, SocketConstants.IOV_LEN, bytes.byteSize());
      MemorySegment header = arena.allocate(SocketConstants.MSGHDR_BYTES, Long.BYTES);
      header.set(JAVA_LONG, SocketConstants.MSG_IOV, piece.address());
      header.set(JAVA_LONG, SocketConstants.MSG_IOVLEN, 1);
      if (!with.isEmpty()) {
        attach(arena, header, with);
      }
      return CALLS.send(socket.number(), header, flags);
    }
  }

  private static void attach(Arena arena, MemorySegment header, List<Descriptor> with) {
    long length = SocketConstants.CMSG_DATA + (long) with.size() * Integer.BYTES;
    MemorySegment control = arena.allocate((length + 7) / 8 * 8, Long.BYTES);
    control.set(JAVA_LONG, 0, length);
    control.set(JAVA_INT, SocketConstants.CMSG_LEVEL, SocketConstants.SOL_SOCKET);
    control.set(JAVA_INT, SocketConstants.CMSG_TYPE, SocketConstants.SCM_RIGHTS);
    for (int i = 0; i < with.size(); i++) {
      control.set(
          JAVA_INT, SocketConstants.CMSG_DATA + (long) i * Integer.BYTES, with.get(i).number());
    }
    header.set(JAVA_LONG, SocketConstants.MSG_CONTROL, control.address());
    header.set(JAVA_LONG, SocketConstants.MSG_CONTROLLEN, control.byteSize());
  }

  private ByteBuffer receive() throws IOException {
    MessageHeader header = MessageHeader.read(read(MessageHeader.BYTES));
    return read(header.size());
  }

  private ByteBuffer read(int count) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(count, Long.BYTES);
      for (int done = 0; done < count; ) {
        long got =
            CallResult.require(
                "read", CALLS.read(socket.number(), bytes.asSlice(done, count - done)));
        if (got == 0) {
          throw new EOFException("the back end closed the connection");
        }
        done += (int) got;
      }
      return ByteBuffer.wrap(bytes.toArray(JAVA_BYTE)).order(ByteOrder.nativeOrder());
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    socket.close();
  }
}
