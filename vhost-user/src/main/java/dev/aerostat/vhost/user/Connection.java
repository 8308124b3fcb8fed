package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

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
import java.util.ArrayList;
import java.util.List;

/** Messages over a connected Unix socket, with the descriptors that come with them. One thread. */
final class Connection implements AutoCloseable {
  static final int MOST_PAYLOAD_BYTES = 4096;
  private static final int EPIPE = 32;
  private static final int ECONNRESET = 104;
  private static final int MOST_DESCRIPTORS = MemoryTable.MOST_REGIONS;
  private static final int CONTROL_BYTES =
      SocketConstants.CMSG_DATA + MOST_DESCRIPTORS * Integer.BYTES;

  private final SocketCalls sockets = SocketCalls.libc();
  private final SystemCalls calls = SystemCalls.libc();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment bytes =
      arena.allocate(MessageHeader.BYTES + MOST_PAYLOAD_BYTES, Long.BYTES);
  private final MemorySegment control = arena.allocate(CONTROL_BYTES, Long.BYTES);
  private final MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
  private final MemorySegment header = arena.allocate(SocketConstants.MSGHDR_BYTES, Long.BYTES);
  private final Descriptor socket;

  Connection(Descriptor socket) {
    this.socket = socket;
    header.set(JAVA_LONG, SocketConstants.MSG_IOV, piece.address());
    header.set(JAVA_LONG, SocketConstants.MSG_IOVLEN, 1);
    header.set(JAVA_LONG, SocketConstants.MSG_CONTROL, control.address());
  }

  int number() {
    return socket.number();
  }

  /**
   * Waits for a message.
   *
   * @throws EOFException if the front end is gone
   */
  Message receive() throws IOException {
    var descriptors = new ArrayList<Descriptor>();
    try {
      MessageHeader head = MessageHeader.read(read(MessageHeader.BYTES, descriptors));
      if (!head.isVersion1() || head.size() < 0 || head.size() > MOST_PAYLOAD_BYTES) {
        throw new IOException(
            "the front end sent %s: expected version 1 and a payload of at most %d bytes"
                .formatted(head, MOST_PAYLOAD_BYTES));
      }
      return new Message(head, read(head.size(), descriptors), descriptors);
    } catch (IOException | RuntimeException failure) {
      descriptors.forEach(Descriptor::close);
      throw failure;
    }
  }

  private ByteBuffer read(int count, List<Descriptor> descriptors) throws IOException {
    for (int done = 0; done < count; ) {
      done += receiveSome(done, count - done, descriptors);
    }
    var copy = ByteBuffer.allocate(count).order(ByteOrder.nativeOrder());
    MemorySegment.copy(bytes, 0, MemorySegment.ofBuffer(copy), 0, count);
    return copy;
  }

  private int receiveSome(int offset, int count, List<Descriptor> descriptors) throws IOException {
    piece.set(JAVA_LONG, 0, bytes.address() + offset);
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, count);
    header.set(JAVA_LONG, SocketConstants.MSG_CONTROLLEN, CONTROL_BYTES);
    long got = sockets.receive(socket.number(), header, SocketConstants.MSG_CMSG_CLOEXEC);
    requirePresent(got);
    if (Kernel.check("receive from the front end", got) == 0) {
      throw new EOFException("the front end closed the connection");
    }
    takeDescriptors(descriptors);
    return (int) got;
  }

  private void takeDescriptors(List<Descriptor> into) throws IOException {
    if (header.get(JAVA_LONG, SocketConstants.MSG_CONTROLLEN) >= SocketConstants.CMSG_DATA
        && control.get(JAVA_INT, SocketConstants.CMSG_LEVEL) == SocketConstants.SOL_SOCKET
        && control.get(JAVA_INT, SocketConstants.CMSG_TYPE) == SocketConstants.SCM_RIGHTS) {
      long end = control.get(JAVA_LONG, 0);
      for (long at = SocketConstants.CMSG_DATA; at < end; at += Integer.BYTES) {
        into.add(new Descriptor(calls, control.get(JAVA_INT, at)));
      }
    }
    if ((header.get(JAVA_INT, SocketConstants.MSG_FLAGS) & SocketConstants.MSG_CTRUNC) != 0) {
      throw new IOException(
          "the front end sent more than %d descriptors at once".formatted(MOST_DESCRIPTORS));
    }
  }

  /** Answers a request with a payload, from its start to its position. */
  void reply(Message request, ByteBuffer payload) throws IOException {
    payload.flip();
    var message =
        ByteBuffer.allocate(MessageHeader.BYTES + payload.remaining())
            .order(ByteOrder.nativeOrder());
    new MessageHeader(
            request.header().request(),
            MessageHeader.VERSION | MessageHeader.REPLY,
            payload.remaining())
        .write(message);
    message.put(payload).flip();
    send(message);
  }

  private void send(ByteBuffer message) throws IOException {
    int count = message.remaining();
    MemorySegment.copy(MemorySegment.ofBuffer(message), 0, bytes, 0, count);
    for (int done = 0; done < count; ) {
      long sent = sockets.write(socket.number(), bytes.asSlice(done, count - done));
      requirePresent(sent);
      done += (int) Kernel.check("answer the front end", sent);
    }
  }

  /** A front end that was killed has closed the connection, too: with what it had not read. */
  private static void requirePresent(long result) throws EOFException {
    if (result == -ECONNRESET || result == -EPIPE) {
      throw new EOFException("the front end vanished");
    }
  }

  @Override
  public void close() {
    socket.close();
    arena.close();
  }
}
