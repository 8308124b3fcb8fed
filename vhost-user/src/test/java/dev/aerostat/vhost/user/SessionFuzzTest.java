package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Front ends that send anything: requests known and unknown, sizes right and wrong, descriptors of
 * all kinds and too many of them, messages cut off; that ask and do not listen.
 */
final class SessionFuzzTest {
  /** How long to send; the usual value suits every build. */
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 5));

  private static final Duration PATIENCE = Duration.ofMillis(300);
  private static final long MILLIS_TO_CLOSE = TimeUnit.SECONDS.toMillis(120);
  private static final int MOST_MESSAGES = 60;
  private static final int BYTES = 4 << 20;

  private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private long messages;
  private long connections;

  @Test
  void nothingThatAFrontEndSendsEndsTheServerOrStaysOpen() throws Exception {
    serveFrontEnds(Duration.ZERO); // What the JVM opens once is open from now on.
    OpenDescriptors before = OpenDescriptors.now();
    serveFrontEnds(TIME);
    assertNothingStaysOpen(before);
    System.out.printf("seed %d: %d messages of %d front ends%n", seed, messages, connections);
  }

  /** Serves one front end or more, then one that means well, and ends the server. */
  private void serveFrontEnds(Duration time) throws Exception {
    Path directory = Files.createTempDirectory("fuzz");
    Path socket = directory.resolve("s");
    var settings = VhostUserServer.settings();
    var over = new AtomicBoolean();
    Thread serving;
    try (var server =
        VhostUserServer.listen(
            socket,
            settings,
            (memory, interrupts) -> new PlainBalloon(memory, interrupts, settings, true),
            PATIENCE)) {
      serving = Thread.ofPlatform().start(() -> serve(server, over));
      long end = System.nanoTime() + time.toNanos();
      do {
        oneFrontEnd(socket);
      } while (System.nanoTime() - end < 0);
      ask(socket);
      over.set(true);
    }
    serving.join();
    Files.deleteIfExists(directory);
  }

  private static void serve(VhostUserServer server, AtomicBoolean over) {
    while (!over.get()) {
      try {
        boolean _ = server.serve();
      } catch (IOException ended) {
        // Most end so.
      }
    }
  }

  /** A front end that means well is served as ever. */
  private static void ask(Path socket) throws IOException {
    try (var frontEnd = ScriptedFrontEnd.negotiated(socket)) {
      assertEquals(5, frontEnd.askNumber(Request.GET_QUEUE_NUM));
    }
  }

  private void assertNothingStaysOpen(OpenDescriptors before) throws InterruptedException {
    if (!Backend.holdsWithin(
        MILLIS_TO_CLOSE, () -> OpenDescriptors.now().moreThan(before).isEmpty())) {
      fail("seed %d left open: %s".formatted(seed, OpenDescriptors.now().moreThan(before)));
    }
  }

  private void oneFrontEnd(Path socket) throws IOException {
    connections++;
    try (var frontEnd = new ScriptedFrontEnd(socket)) {
      boolean wellBegun = random.nextInt(4) != 0;
      int count = random.nextInt(MOST_MESSAGES);
      for (int i = 0; i < count; i++) {
        messages++;
        boolean begins = wellBegun && i < 4;
        if (!(begins ? begin(frontEnd, i) : sendAnything(frontEnd, random))) {
          return;
        }
        if (random.nextInt(3) > 0) {
          frontEnd.drain();
        }
      }
    }
  }

  private static boolean begin(ScriptedFrontEnd frontEnd, int step) throws IOException {
    List<Descriptor> with = step == 2 ? List.of(memory()) : List.of();
    try {
      return frontEnd.offer(
          switch (step) {
            case 0 -> message(16, body -> body.putLong(ProtocolFeatures.OFFERED));
            case 1 -> message(2, body -> body.putLong(1 | 1L << 32 | 1L << 30));
            case 2 -> message(5, SharedFile.table(BYTES)::write);
            default -> message(8, body -> body.putInt(0).putInt(64));
          },
          with);
    } finally {
      with.forEach(Descriptor::close);
    }
  }

  private interface Body {
    void write(ByteBuffer body);
  }

  private static ByteBuffer message(int request, Body body) {
    var bytes = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());
    bytes.position(MessageHeader.BYTES);
    body.write(bytes);
    int size = bytes.position() - MessageHeader.BYTES;
    new MessageHeader(request, MessageHeader.VERSION | MessageHeader.NEED_REPLY, size)
        .write(bytes.flip());
    return bytes.rewind();
  }

  private static boolean sendAnything(ScriptedFrontEnd frontEnd, Random random) throws IOException {
    var bytes = ByteBuffer.allocate(600).order(ByteOrder.nativeOrder());
    Request[] known = Request.values();
    int request =
        random.nextInt(5) == 0 ? random.nextInt(50) : known[random.nextInt(known.length)].number();
    int flags = random.nextInt(20) == 0 ? random.nextInt() : 1 | random.nextInt(2) * 8;
    int size = new int[] {0, 8, 8, 8, 12, 16, 40, 40, 72, 500}[random.nextInt(10)];
    int told = random.nextInt(20) == 0 ? random.nextInt(5000) - 100 : size;
    bytes.putInt(request).putInt(flags).putInt(told);
    while (bytes.position() < MessageHeader.BYTES + size) {
      bytes.putInt(word(random));
    }
    bytes.flip();
    if (random.nextInt(20) == 0) {
      bytes.limit(random.nextInt(bytes.limit() + 1));
    }
    List<Descriptor> with = descriptors(random);
    try {
      return frontEnd.offer(bytes, with);
    } finally {
      with.forEach(Descriptor::close);
    }
  }

  /** Mostly small numbers, queue indexes among them, and halves of addresses that are legal. */
  private static int word(Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> random.nextInt(3);
      case 3 -> random.nextInt(16) << 12;
      case 4 -> (int) (SharedFile.FRONT_END >>> 32);
      case 5 -> 1 << random.nextInt(32);
      case 6 -> random.nextInt(256);
      default -> random.nextInt();
    };
  }

  private static List<Descriptor> descriptors(Random random) throws IOException {
    int count = random.nextInt(3) == 0 ? random.nextInt(random.nextInt(8) == 0 ? 20 : 3) : 0;
    var all = new ArrayList<Descriptor>();
    for (int i = 0; i < count; i++) {
      all.add(
          switch (random.nextInt(5)) {
            case 0, 1 -> ScriptedFrontEnd.counter();
            case 2 -> memory();
            case 3 -> file("/dev/zero");
            default -> file("/dev/null");
          });
    }
    return all;
  }

  private static Descriptor memory() throws IOException {
    SystemCalls calls = SystemCalls.libc();
    var file =
        new Descriptor(
            calls,
            CallResult.require("memfd", calls.memfdCreate("fuzz", LinuxConstants.MFD_CLOEXEC)));
    int _ = CallResult.require("size", calls.ftruncate(file.number(), BYTES));
    return file;
  }

  private static Descriptor file(String path) throws IOException {
    SystemCalls calls = SystemCalls.libc();
    return new Descriptor(
        calls, CallResult.require("open", calls.open(path, LinuxConstants.O_RDWR)));
  }
}
