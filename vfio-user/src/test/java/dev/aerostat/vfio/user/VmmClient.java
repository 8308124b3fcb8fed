package dev.aerostat.vfio.user;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A VMM that sends what a test wants it to send. It shares no code with the server's protocol. */
final class VmmClient implements AutoCloseable {
  static final int VERSION = 1;
  static final int DMA_MAP = 2;
  static final int DMA_UNMAP = 3;
  static final int GET_INFO = 4;
  static final int GET_REGION_INFO = 5;
  static final int GET_IRQ_INFO = 7;
  static final int SET_IRQS = 8;
  static final int REGION_READ = 9;
  static final int REGION_WRITE = 10;
  static final int RESET = 13;
  static final int NO_REPLY = 0x10;

  /** As QEMU 11.1 has it, whole. */
  static final String QEMU_OFFER =
      "{\"capabilities\": {\"pgsizes\": 4096, \"max_msg_fds\": 16, \"max_dma_maps\": 65535,"
          + " \"max_data_xfer_size\": 1048576, \"migration\": {\"max_bitmap_size\": 268435456,"
          + " \"pgsize\": 4096}, \"write_multiple\": true}}";

  private static final SocketCalls CALLS = SocketCalls.libc();
  private static final int HEADER = 16;

  private final Descriptor socket;
  private int id;

  /** A reply: its errno, its payload, the descriptor beside it. */
  record Reply(
      int id, int command, int flags, int errno, ByteBuffer payload, Optional<Descriptor> file) {
    ByteBuffer ok() {
      if (errno != 0 || (flags & 0x20) != 0) {
        throw new IllegalStateException("refused with errno " + errno);
      }
      return payload;
    }
  }

  VmmClient(Path path) throws IOException {
    socket =
        new Descriptor(SystemCalls.libc(), CallResult.require("socket", CALLS.unixStreamSocket()));
    try (Arena arena = Arena.ofConfined()) {
      int _ =
          CallResult.require(
              "connect", CALLS.connect(socket.number(), UnixAddress.of(arena, path)));
    }
  }

  /** Returns its own end of the connection. */
  Descriptor connection() {
    return socket;
  }

  /** Connects and agrees on the version, as QEMU does. */
  static VmmClient agreed(Path path) throws IOException {
    var client = new VmmClient(path);
    ByteBuffer _ = client.version(QEMU_OFFER).ok();
    return client;
  }

  Reply version(String offer) throws IOException {
    return ask(
        VERSION,
        body ->
            body.putShort((short) 0)
                .putShort((short) 0)
                .put(offer.getBytes(StandardCharsets.US_ASCII))
                .put((byte) 0));
  }

  Reply map(long address, long bytes, int flags, long offset, Descriptor... file)
      throws IOException {
    return ask(
        DMA_MAP,
        body -> body.putInt(32).putInt(flags).putLong(offset).putLong(address).putLong(bytes),
        file);
  }

  Reply unmap(long address, long bytes) throws IOException {
    return ask(DMA_UNMAP, body -> body.putInt(24).putInt(0).putLong(address).putLong(bytes));
  }

  Reply info() throws IOException {
    return ask(GET_INFO, body -> body.putInt(16).putInt(0).putInt(0).putInt(0));
  }

  Reply regionInfo(int index, int room) throws IOException {
    return ask(
        GET_REGION_INFO,
        body -> body.putInt(room).putInt(0).putInt(index).putInt(0).putLong(0).putLong(0));
  }

  Reply irqInfo(int index) throws IOException {
    return ask(GET_IRQ_INFO, body -> body.putInt(16).putInt(0).putInt(index).putInt(0));
  }

  Reply setIrqs(int flags, int index, int start, int count, Descriptor... with) throws IOException {
    return ask(
        SET_IRQS,
        body -> body.putInt(20).putInt(flags).putInt(index).putInt(start).putInt(count),
        with);
  }

  Reply read(int region, long offset, int count) throws IOException {
    return ask(REGION_READ, body -> body.putLong(offset).putInt(region).putInt(count));
  }

  /** Returns the number that is read, of 1, 2, 4 or 8 bytes. */
  long number(int region, long offset, int count) throws IOException {
    ByteBuffer payload = read(region, offset, count).ok();
    payload.position(HEADER);
    long number = 0;
    for (int i = 0; i < count; i++) {
      number |= Byte.toUnsignedLong(payload.get()) << (8 * i);
    }
    return number;
  }

  Reply write(int region, long offset, int count, long value) throws IOException {
    return ask(REGION_WRITE, write(new int[] {region, count}, offset, value));
  }

  void post(int region, long offset, int count, long value) throws IOException {
    send(REGION_WRITE, NO_REPLY, write(new int[] {region, count}, offset, value), List.of());
  }

  private static Consumer<ByteBuffer> write(int[] regionAndCount, long offset, long value) {
    return body -> {
      body.putLong(offset).putInt(regionAndCount[0]).putInt(regionAndCount[1]);
      for (int i = 0; i < regionAndCount[1]; i++) {
        body.put((byte) (value >> (8 * i)));
      }
    };
  }

  Reply reset() throws IOException {
    return ask(RESET, _ -> {});
  }

  Reply ask(int command, Consumer<ByteBuffer> body, Descriptor... with) throws IOException {
    int asked = send(command, 0, body, List.of(with));
    Reply reply = receive();
    if (reply.id() != asked || reply.command() != command || (reply.flags() & 0xf) != 1) {
      throw new IllegalStateException("asked %d of %d, got %s".formatted(command, asked, reply));
    }
    return reply;
  }

  /** Sends a request; returns its id. */
  int send(int command, int flags, Consumer<ByteBuffer> body, List<Descriptor> with)
      throws IOException {
    ByteBuffer whole = ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder());
    whole.position(HEADER);
    body.accept(whole);
    id = (id + 1) & 0xffff;
    whole.putShort(0, (short) id).putShort(2, (short) command).putInt(4, whole.position());
    whole.putInt(8, flags).putInt(12, 0);
    sendRaw(whole.flip(), with);
    return id;
  }

  void sendRaw(ByteBuffer bytes, List<Descriptor> with) throws IOException {
    long _ = CallResult.require("send", sendNow(bytes, with, SocketConstants.MSG_NOSIGNAL));
  }

  /** Sends bytes as they are, if there is room; returns false if the server is gone. */
  boolean offer(ByteBuffer bytes, List<Descriptor> with) throws IOException {
    if (!bytes.hasRemaining()) {
      return true;
    }
    long sent = sendNow(bytes, with, SocketConstants.MSG_NOSIGNAL | SocketConstants.MSG_DONTWAIT);
    if (sent == -CallResult.EPIPE || sent == -CallResult.ECONNRESET) {
      return false;
    }
    return sent == -CallResult.EAGAIN || CallResult.require("send", sent) >= 0;
  }

  private long sendNow(ByteBuffer message, List<Descriptor> with, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(message.remaining());
      bytes.copyFrom(MemorySegment.ofBuffer(message));
      MemorySegment header = message(arena, bytes);
      if (!with.isEmpty()) {
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
      return CALLS.send(socket.number(), header, flags);
    }
  }

  static MemorySegment message(Arena arena, MemorySegment bytes) {
    MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
    piece.set(JAVA_LONG, 0, bytes.address());
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, bytes.byteSize());
    MemorySegment header = arena.allocate(SocketConstants.MSGHDR_BYTES, Long.BYTES);
    header.set(JAVA_LONG, SocketConstants.MSG_IOV, piece.address());
    header.set(JAVA_LONG, SocketConstants.MSG_IOVLEN, 1);
    return header;
  }

  Reply receive() throws IOException {
    var files = new ArrayList<Descriptor>();
    ByteBuffer head = read(HEADER, files);
    int replied = Short.toUnsignedInt(head.getShort());
    int command = Short.toUnsignedInt(head.getShort());
    int size = head.getInt();
    int flags = head.getInt();
    int errno = head.getInt();
    return new Reply(
        replied, command, flags, errno, read(size - HEADER, files), files.stream().findFirst());
  }

  private ByteBuffer read(int count, List<Descriptor> files) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.max(1, count), Long.BYTES);
      MemorySegment control = arena.allocate(64, Long.BYTES);
      for (int done = 0; done < count; ) {
        MemorySegment header = message(arena, bytes.asSlice(done, count - done));
        header.set(JAVA_LONG, SocketConstants.MSG_CONTROL, control.address());
        header.set(JAVA_LONG, SocketConstants.MSG_CONTROLLEN, control.byteSize());
        long got = CALLS.receive(socket.number(), header, SocketConstants.MSG_CMSG_CLOEXEC);
        if (got == 0 || got == -CallResult.ECONNRESET) {
          throw new EOFException("the server closed the connection");
        }
        done += (int) CallResult.require("receive", got);
        if (header.get(JAVA_LONG, SocketConstants.MSG_CONTROLLEN) >= SocketConstants.CMSG_DATA) {
          files.add(
              new Descriptor(SystemCalls.libc(), control.get(JAVA_INT, SocketConstants.CMSG_DATA)));
        }
      }
      return ByteBuffer.wrap(bytes.asSlice(0, count).toArray(JAVA_BYTE))
          .order(ByteOrder.nativeOrder());
    }
  }

  /** Waits until the server has closed the connection. */
  void awaitEnd() throws IOException {
    try {
      while (true) {
        Reply _ = receive();
      }
    } catch (EOFException expected) {
      // That is it.
    }
  }

  /** Goes before its time. */
  void hangUp() {
    close();
  }

  @Override
  public void close() {
    socket.close();
  }
}
