package dev.aerostat.vfio.user;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A VMM that mixes what is legal with what is not, from one connection to its end. */
final class FuzzedVmm implements AutoCloseable {
  private static final long PAGE = 4096;
  private static final long BYTES = 320 * PAGE;
  private static final int[] COMMANDS = {1, 2, 2, 2, 3, 3, 4, 5, 5, 7, 8, 8, 9, 9, 10, 10, 10, 13};

  private final Random random;
  private final GivenMemory given;
  private final VmmClient client;
  private final List<GivenMemory.File> files = new ArrayList<>();
  private final List<Descriptor> beside = new ArrayList<>();
  private final ByteBuffer bytes = ByteBuffer.allocate(16384).order(ByteOrder.nativeOrder());
  private final boolean drains;
  private long messages;

  FuzzedVmm(Path socket, GivenMemory given, Random random) throws IOException {
    this.random = random;
    this.given = given;
    this.drains = random.nextInt(6) != 0;
    this.client = new VmmClient(socket);
  }

  /** Returns how many messages it has sent. */
  long run() throws IOException {
    boolean more = random.nextInt(15) == 0 || version(random.nextInt(50) == 0 ? 1 : 0);
    if (more && random.nextInt(4) != 0) {
      more = memory();
    }
    int count = random.nextInt(random.nextInt(10) == 0 ? 500 : 60);
    for (int i = 0; i < count && more; i++) {
      more = anything();
      if (drains && random.nextInt(3) != 0) {
        drain();
      }
    }
    return messages;
  }

  private boolean version(int major) throws IOException {
    start(VmmClient.VERSION).putShort((short) major).putShort((short) random.nextInt(2));
    bytes.put("{\"capabilities\":{}}".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    return send(bytes.put((byte) 0), List.of());
  }

  /** Mostly as q35 does: low memory in pieces, of some of them ROMs, and the rest. */
  private boolean memory() throws IOException {
    GivenMemory.File file = file();
    boolean more = true;
    for (long at = 0; at < 256 && more; ) {
      long next = at == 0 ? 1 + random.nextInt(200) : Math.min(256, at + 1 + random.nextInt(120));
      more =
          switch (at == 0 ? 0 : random.nextInt(4)) {
            case 0, 1 -> map(file, at * PAGE, (next - at) * PAGE, 3, at * PAGE);
            case 2 -> map(file, at * PAGE, (next - at) * PAGE, 1, at * PAGE);
            default -> true;
          };
      at = next;
    }
    more = more && map(file, 256 * PAGE, 16 * PAGE, 3, 256 * PAGE);
    int hole = random.nextInt(2) * random.nextInt(15);
    int offset = random.nextInt(4) == 0 ? 280 : 272 + hole;
    more = more && map(file, (272 + hole) * PAGE, (16 - hole) * PAGE, 3, offset * PAGE);
    if (more && random.nextBoolean()) {
      more = map(file, 4096L << 20, 32 * PAGE, 3, 288 * PAGE);
    }
    if (more && random.nextInt(4) == 0) {
      more = map(file(), 5000L << 20, 16 * PAGE, 3, 0);
    }
    if (more && random.nextInt(8) == 0) {
      int _ = SystemCalls.libc().ftruncate(file.descriptor().number(), random.nextInt(320) * PAGE);
    }
    start(VmmClient.GET_INFO).putLong(16).putLong(0);
    return more && send(bytes, List.of());
  }

  private GivenMemory.File file() throws IOException {
    GivenMemory.File file = given.file(BYTES);
    files.add(file);
    return file;
  }

  private boolean map(GivenMemory.File file, long address, long size, int flags, long offset)
      throws IOException {
    start(VmmClient.DMA_MAP).putInt(32).putInt(flags);
    bytes.putLong(offset).putLong(address).putLong(size);
    boolean more = send(bytes, List.of(file.descriptor()));
    // Whatever became of it; with its end missing, it would be what comes next that it ends with.
    if (bytes.limit() >= 48) {
      given.sends(file, bytes.getLong(32), bytes.getLong(40), bytes.getLong(24));
    }
    return more && bytes.limit() >= 48;
  }

  private boolean anything() throws IOException {
    int command =
        random.nextInt(20) == 0 ? random.nextInt(20) : COMMANDS[random.nextInt(COMMANDS.length)];
    if (command == VmmClient.DMA_MAP && !files.isEmpty() && random.nextInt(3) != 0) {
      long at = random.nextInt(288) * PAGE;
      long size = (1 + random.nextInt(64)) * PAGE;
      long offset = random.nextInt(4) == 0 ? random.nextInt(300) * PAGE : at;
      return map(files.get(random.nextInt(files.size())), at, size, 1 + random.nextInt(4), offset);
    }
    start(command);
    switch (command) {
      case VmmClient.DMA_UNMAP -> {
        bytes.putInt(24).putInt(random.nextInt(10) == 0 ? 2 : 0);
        bytes.putLong(random.nextInt(288) * PAGE).putLong(random.nextInt(300) * PAGE);
      }
      case VmmClient.GET_INFO, VmmClient.GET_IRQ_INFO, VmmClient.GET_REGION_INFO -> {
        bytes.putInt(new int[] {0, 16, 32, 72, -1}[random.nextInt(5)]).putInt(0);
        bytes.putInt(index()).putInt(0).putLong(0).putLong(0);
      }
      case VmmClient.SET_IRQS -> {
        return setInterrupts();
      }
      case VmmClient.REGION_READ, VmmClient.REGION_WRITE -> access(command);
      default -> {
        for (int i = random.nextInt(12); i > 0; i--) {
          bytes.putInt(word());
        }
      }
    }
    return send(bytes, descriptors());
  }

  private boolean setInterrupts() throws IOException {
    int count = random.nextInt(4) == 0 ? word() : random.nextInt(17);
    int flags = random.nextInt(8) == 0 ? word() : 1 << random.nextInt(3) | 8 << random.nextInt(3);
    bytes.putInt(20).putInt(flags).putInt(index()).putInt(random.nextInt(2) * word()).putInt(count);
    if ((flags & 2) != 0) {
      for (int i = 0; i < Math.clamp(count, 0, 3000); i++) {
        bytes.put((byte) random.nextInt(2));
      }
    }
    if ((flags & 4) == 0 || random.nextInt(5) == 0) {
      return send(bytes, descriptors());
    }
    var counters = new ArrayList<Descriptor>();
    for (int i = 0; i < Math.clamp(count, 0, 16); i++) {
      counters.add(MemoryFile.counter());
    }
    try {
      return send(bytes, counters);
    } finally {
      counters.forEach(Descriptor::close);
    }
  }

  private void access(int command) {
    int count = random.nextInt(6) == 0 ? word() : 1 << random.nextInt(13);
    long offset =
        switch (random.nextInt(6)) {
          case 0 -> random.nextLong();
          case 1 -> random.nextInt(0x2000);
          case 2 -> 0x60 + random.nextInt(2) * 4;
          case 3 -> 0x80 + random.nextInt(4) * 8;
          default -> 4;
        };
    bytes.putLong(offset).putInt(index()).putInt(count);
    if (command == VmmClient.REGION_WRITE) {
      for (int i = Math.clamp(count, 0, 5000); i > 0; i--) {
        bytes.put((byte) random.nextInt(8));
      }
    }
  }

  private int index() {
    return random.nextInt(10) == 0 ? word() : random.nextInt(9);
  }

  private int word() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> random.nextInt(3);
      case 2 -> random.nextInt(16) << 12;
      case 3 -> 1 << random.nextInt(32);
      case 4 -> random.nextInt(256);
      default -> random.nextInt();
    };
  }

  private ByteBuffer start(int command) {
    bytes.clear().putShort((short) random.nextInt(65536)).putShort((short) command);
    return bytes.putInt(0).putInt(random.nextInt(10) == 0 ? 0x10 : 0).putInt(0);
  }

  private boolean send(ByteBuffer message, List<Descriptor> with) throws IOException {
    messages++;
    message.putInt(4, message.position()).flip();
    switch (random.nextInt(150)) {
      case 0 -> message.putInt(4, word());
      case 1 -> message.putInt(8, word());
      case 2 -> message.limit(random.nextInt(message.limit() + 1));
      case 3 -> message.put(random.nextInt(message.limit()), (byte) random.nextInt());
      default -> {
        // As it is.
      }
    }
    try {
      return client.offer(message.duplicate(), with);
    } finally {
      closeBeside();
    }
  }

  private List<Descriptor> descriptors() throws IOException {
    int count = random.nextInt(4) == 0 ? random.nextInt(random.nextInt(10) == 0 ? 40 : 3) : 0;
    var all = new ArrayList<Descriptor>();
    for (int i = 0; i < count; i++) {
      if (random.nextInt(10) == 0) {
        all.add(client.connection());
      } else {
        Descriptor made = descriptor();
        beside.add(made);
        all.add(made);
      }
    }
    return all;
  }

  private Descriptor descriptor() throws IOException {
    return switch (random.nextInt(7)) {
      case 0, 1 -> MemoryFile.counter();
      case 2 -> MemoryFile.ofBytes(random.nextInt(3) * PAGE);
      case 3 -> made(SystemCalls.libc().open("/dev/zero", LinuxConstants.O_RDWR));
      case 4 -> made(SystemCalls.libc().open("/tmp", 0));
      case 5 -> made(SocketCalls.libc().epoll());
      default -> made(SocketCalls.libc().unixStreamSocket());
    };
  }

  private static Descriptor made(int number) throws IOException {
    return new Descriptor(SystemCalls.libc(), CallResult.require("open", number));
  }

  /** Reads what has come; descriptors among it are lost, as nobody has room for them. */
  private void drain() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(65536);
      MemorySegment message = VmmClient.message(arena, room);
      while (SocketCalls.libc()
              .receive(client.connection().number(), message, SocketConstants.MSG_DONTWAIT)
          > 0) {
        // Again.
      }
    }
  }

  private void closeBeside() {
    beside.forEach(Descriptor::close);
    beside.clear();
  }

  /** Returns the numbers of its files. */
  List<Long> files() {
    return files.stream().map(GivenMemory.File::number).toList();
  }

  @Override
  public void close() {
    client.close();
    closeBeside();
    files.forEach(it -> it.descriptor().close());
  }
}
