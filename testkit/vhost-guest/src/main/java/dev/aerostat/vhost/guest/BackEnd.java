package dev.aerostat.vhost.guest;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The other end of the socket: requests go there, and most are answered. One thread at a time.
 *
 * <pre>
 *    u32 request   u32 flags: 1 version, 4 a reply, 8 a reply is wanted   u32 bytes   payload
 * </pre>
 */
final class BackEnd implements AutoCloseable {
  private static final int HEADER_BYTES = 12;
  private static final int VERSION = 1;
  private static final int REPLY_WANTED = 8;
  private static final int MOST_BYTES = 512;
  private static final int CONTROL_BYTES = SocketConstants.CMSG_DATA + 8 * Integer.BYTES;

  private final SocketCalls calls = SocketCalls.libc();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment bytes = arena.allocate(MOST_BYTES, Long.BYTES);
  private final Descriptor socket;

  private BackEnd(Descriptor socket) {
    this.socket = socket;
  }

  static BackEnd connect(Path path) throws IOException {
    SocketCalls calls = SocketCalls.libc();
    var socket =
        new Descriptor(
            SystemCalls.libc(), KernelAnswer.check("make a socket", calls.unixStreamSocket()));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, path);
      int _ = KernelAnswer.check("connect to " + path, calls.connect(socket.number(), address));
      return new BackEnd(socket);
    } catch (IOException failure) {
      socket.close();
      throw failure;
    }
  }

  private static MemorySegment address(Arena arena, Path path) {
    MemorySegment address = arena.allocate(SocketConstants.SOCKADDR_UN_BYTES, Long.BYTES);
    address.set(JAVA_SHORT, 0, (short) SocketConstants.AF_UNIX);
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    MemorySegment.copy(name, 0, address, JAVA_BYTE, SocketConstants.SUN_PATH, name.length);
    return address;
  }

  static ByteBuffer payload(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  /** Asks for something and returns the payload of the answer. */
  ByteBuffer ask(int request, ByteBuffer payload) throws IOException {
    send(request, VERSION, payload);
    return receive(request);
  }

  /** Asks for a number. */
  long askNumber(int request) throws IOException {
    return ask(request, payload(0)).getLong();
  }

  /** Sends a message that is not acknowledged. */
  void tell(int request, ByteBuffer payload, int... descriptors) throws IOException {
    send(request, VERSION, payload, descriptors);
  }

  /** Sends a message and returns whether the back end accepts it (REPLY_ACK). */
  boolean accepts(int request, ByteBuffer payload, int... descriptors) throws IOException {
    send(request, VERSION | REPLY_WANTED, payload, descriptors);
    return receive(request).getLong() == 0;
  }

  /** Sends a message that a sane back end accepts. */
  void require(int request, ByteBuffer payload, int... descriptors) throws IOException {
    if (!accepts(request, payload, descriptors)) {
      throw new IOException("the back end refused request " + request);
    }
  }

  private void send(int request, int flags, ByteBuffer payload, int... descriptors)
      throws IOException {
    int count = HEADER_BYTES + payload.capacity();
    bytes
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .putInt(request)
        .putInt(flags)
        .putInt(payload.capacity())
        .put(payload.rewind());
    try (Arena once = Arena.ofConfined()) {
      MemorySegment piece = once.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
      piece.set(JAVA_LONG, 0, bytes.address());
      piece.set(JAVA_LONG, SocketConstants.IOV_LEN, count);
      MemorySegment header = once.allocate(SocketConstants.MSGHDR_BYTES, Long.BYTES);
      header.set(JAVA_LONG, SocketConstants.MSG_IOV, piece.address());
      header.set(JAVA_LONG, SocketConstants.MSG_IOVLEN, 1);
      attach(once, header, descriptors);
      int sent =
          KernelAnswer.check(
              "send request " + request,
              calls.send(socket.number(), header, SocketConstants.MSG_NOSIGNAL));
      if (sent != count) {
        throw new IOException("request %d: %d of %d bytes sent".formatted(request, sent, count));
      }
    }
  }

  private static void attach(Arena arena, MemorySegment header, int... descriptors) {
    if (descriptors.length == 0) {
      return;
    }
    MemorySegment control = arena.allocate(CONTROL_BYTES, Long.BYTES);
    long length = SocketConstants.CMSG_DATA + (long) descriptors.length * Integer.BYTES;
    control.set(JAVA_LONG, 0, length);
    control.set(JAVA_INT, SocketConstants.CMSG_LEVEL, SocketConstants.SOL_SOCKET);
    control.set(JAVA_INT, SocketConstants.CMSG_TYPE, SocketConstants.SCM_RIGHTS);
    MemorySegment.copy(
        descriptors, 0, control, JAVA_INT, SocketConstants.CMSG_DATA, descriptors.length);
    header.set(JAVA_LONG, SocketConstants.MSG_CONTROL, control.address());
    header.set(JAVA_LONG, SocketConstants.MSG_CONTROLLEN, length);
  }

  private ByteBuffer receive(int request) throws IOException {
    ByteBuffer header = read(HEADER_BYTES);
    int answered = header.getInt();
    int _ = header.getInt();
    if (answered != request) {
      throw new IOException("request %d was answered as %d".formatted(request, answered));
    }
    return read(header.getInt());
  }

  private ByteBuffer read(int count) throws IOException {
    for (int done = 0; done < count; ) {
      int got =
          KernelAnswer.check(
              "hear from the back end",
              calls.read(socket.number(), bytes.asSlice(done, count - done)));
      if (got == 0) {
        throw new IOException("the back end is gone");
      }
      done += got;
    }
    ByteBuffer copy = payload(count);
    MemorySegment.copy(bytes, 0, MemorySegment.ofBuffer(copy), 0, count);
    return copy;
  }

  @Override
  public void close() {
    socket.close();
    arena.close();
  }
}
