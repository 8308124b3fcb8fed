package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.SharedFile.FRONT_END;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.memory.linux.FileStatus;
import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Front ends that stop in the middle, do not listen, send too much, or take memory away. */
@Timeout(180)
final class HostileFrontEndTest {
  private static final BalloonSettings SETTINGS = VhostUserServer.settings();
  private static final long FEATURES = 1 | 1L << 32;
  private static final long REFUSED = 1;

  /** open(2): O_RDONLY. */
  private static final int READ_ONLY = 0;

  @TempDir Path directory;
  private Backend<BareBalloon> backend;
  private SharedFile memory;
  private ScriptedFrontEnd frontEnd;

  @BeforeEach
  void connect() throws IOException {
    backend =
        new Backend<>(
            SETTINGS,
            (memory, front) -> new BareBalloon(memory, front, SETTINGS),
            Duration.ofSeconds(2));
    memory = new SharedFile(directory.resolve("memory"));
    frontEnd = ScriptedFrontEnd.negotiated(backend.socket());
  }

  @AfterEach
  void disconnect() throws IOException {
    frontEnd.close();
    memory.close();
    backend.close();
  }

  private BareBalloon start(Descriptor kick) throws Exception {
    assertEquals(0, tell(Request.SET_FEATURES, FEATURES));
    assertEquals(
        0,
        frontEnd.tell(
            Request.SET_MEM_TABLE, SharedFile.table(SharedFile.BYTES)::write, memory.descriptor()));
    assertEquals(0, frontEnd.tell(Request.SET_VRING_NUM, new VringState(0, 8)::write));
    assertEquals(0, frontEnd.tell(Request.SET_VRING_BASE, new VringState(0, 0)::write));
    var at = new VringAddresses(0, 0, FRONT_END, FRONT_END + 0x2000, FRONT_END + 0x1000, 0);
    assertEquals(0, frontEnd.tell(Request.SET_VRING_ADDR, at::write));
    assertEquals(0, tell(Request.SET_VRING_KICK, 0, kick));
    return backend.next();
  }

  private long tell(Request request, long number, Descriptor... with) throws IOException {
    return frontEnd.tell(request, payload -> payload.putLong(number), with);
  }

  private static ByteBuffer bytes(int... words) {
    var bytes = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.nativeOrder());
    for (int word : words) {
      bytes.putInt(word);
    }
    return bytes.flip();
  }

  @Test
  void halfAMessageHoldsUpNoKickAndNotTheEndOfTheServer() throws Exception {
    try (var kick = ScriptedFrontEnd.counter()) {
      BareBalloon _ = start(kick);
      assertTrue(frontEnd.offer(bytes(1, 1).limit(6), List.of()));
      memory.bytes().putLong(0, 0x3000).putInt(8, Integer.BYTES);
      memory.bytes().putShort(0x1002, (short) 1);
      ScriptedFrontEnd.ring(kick);
      Backend.await(
          "the message",
          () -> memory.bytes().getShort(0x2002) == 1,
          () -> "used index " + memory.bytes().getShort(0x2002));
      backend.close();
    }
  }

  @Test
  void whoeverLeavesAMessageUnfinishedMakesRoomForOthers() throws Exception {
    assertTrue(frontEnd.offer(bytes(2, 1, 8, 0), List.of()));
    assertTrue(backend.failure().toString().contains("left a message unfinished for 2 s"));
  }

  @Test
  void whoeverReadsNoReplyMakesRoomForOthers() throws Exception {
    while (frontEnd.offer(bytes(1, 1, 0), List.of())) {
      // Until the back end has closed the connection.
    }
    assertTrue(backend.failure().toString().contains("has not read a reply for 2 s"));
  }

  @Test
  void aMessageBringsDescriptorsWithItsFirstByteOnly() throws Exception {
    List<Integer> before = countersInSession();
    try (var one = ScriptedFrontEnd.counter()) {
      List<Descriptor> eight = Collections.nCopies(8, one);
      assertTrue(frontEnd.offer(bytes(5, 1, 72), eight));
      boolean _ = frontEnd.offer(bytes(1), eight);
    }
    assertTrue(backend.failure().toString().contains("in the middle of a message"));
    Backend.await(
        "an end of all descriptors", () -> counters().size() < before.size(), OpenDescriptors::now);
  }

  /** Returns the eventfds that are open once the session is there. */
  private List<Integer> countersInSession() throws IOException {
    long _ = frontEnd.askNumber(Request.GET_FEATURES);
    return counters();
  }

  /** Returns the eventfds that are open: one is the session's own, and goes with it. */
  private static List<Integer> counters() {
    return OpenDescriptors.now().of("anon_inode:[eventfd]");
  }

  @Test
  void aKickThatIsAlwaysReadyCostsNothing() throws Exception {
    try (Descriptor ended = endedPipe()) {
      BareBalloon balloon = start(ended);
      boolean busy = Backend.holdsWithin(500, () -> balloon.kicks() > 3);
      assertFalse(busy, "it is told of once, not for as long as it lasts");
    }
  }

  /** Returns a pipe that nobody writes to any more. */
  private static Descriptor endedPipe() throws Exception {
    Process reader = new ProcessBuilder("sleep", "60").start();
    String input = "/proc/" + reader.pid() + "/fd/0";
    int number = SystemCalls.libc().open(input, READ_ONLY);
    reader.destroy();
    reader.getOutputStream().close();
    return new Descriptor(SystemCalls.libc(), CallResult.require("open " + input, number));
  }

  @Test
  void aFileIsNoKickAndNoCall() throws Exception {
    assertEquals(REFUSED, tell(Request.SET_VRING_KICK, 0, memory.descriptor()));
    assertEquals(REFUSED, tell(Request.SET_VRING_CALL, 0, memory.descriptor()));
  }

  @Test
  void theModeOfADescriptorThatIsSharedStaysAsItIs() throws Exception {
    int number = CallResult.require("socket", SocketCalls.libc().unixStreamSocket());
    try (var blocking = new Descriptor(SystemCalls.libc(), number)) {
      List<String> before = Files.readAllLines(Path.of("/proc/self/fdinfo/" + number));
      assertEquals(0, tell(Request.SET_VRING_CALL, 0, blocking));
      assertEquals(before, Files.readAllLines(Path.of("/proc/self/fdinfo/" + number)));
    }
  }

  @Test
  void memoryThatIsTakenAwayEndsTheSessionAndSaysWhy() throws Exception {
    try (var kick = ScriptedFrontEnd.counter();
        var file = new RandomAccessFile(directory.resolve("memory").toFile(), "rw")) {
      BareBalloon balloon = start(kick);
      file.setLength(0);
      ScriptedFrontEnd.ring(kick);
      assertTrue(backend.failure().toString().contains("shorter: it has 0x0 bytes"));
      assertTrue(balloon.isClosed());
    }
  }

  @Test
  void memoryThatIsTakenAwayIsSeenWithoutAKick() throws Exception {
    try (var kick = ScriptedFrontEnd.counter();
        var file = new RandomAccessFile(directory.resolve("memory").toFile(), "rw")) {
      BareBalloon _ = start(kick);
      file.setLength(SharedFile.BYTES / 2);
      assertTrue(backend.failure().toString().contains("shorter: it has 0x200000 bytes"));
    }
  }

  @Test
  void aGuestWithAnErrorOfTheRingIsServedToItsEnd() throws Exception {
    try (var kick = ScriptedFrontEnd.counter()) {
      BareBalloon balloon = start(kick);
      memory.bytes().putShort(0x1002, (short) 1000);
      ScriptedFrontEnd.ring(kick);
      Backend.await("an error of the ring", () -> (balloon.device().status() & 64) != 0);
      assertEquals(0, tell(Request.SET_STATUS, 0));
      assertFalse(balloon.isClosed());
    }
  }

  @Test
  void aServerThatIsClosedTwiceWritesToNobodysFile() throws Exception {
    backend.close();
    var files = Stream.generate(HostileFrontEndTest::file).limit(8).toList();
    backend.server().close();
    for (Descriptor file : files) {
      assertEquals(0, FileStatus.of(file.number()).bytes());
      file.close();
    }
  }

  private static Descriptor file() {
    SystemCalls calls = SystemCalls.libc();
    return new Descriptor(calls, calls.memfdCreate("nobody", LinuxConstants.MFD_CLOEXEC));
  }

  @Test
  void aBalloonThatCannotBeClosedHoldsNothingBack() throws Exception {
    List<Integer> before = countersInSession();
    try (var kick = ScriptedFrontEnd.counter()) {
      BareBalloon balloon = start(kick);
      balloon.failAtClose();
    }
    frontEnd.close();
    assertTrue(backend.failure().toString().contains("cannot be closed"));
    Backend.await(
        "an end of all descriptors", () -> counters().size() < before.size(), OpenDescriptors::now);
    try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
      // One is the front end's own.
      List<String> left = mappings.filter(line -> line.endsWith(directory + "/memory")).toList();
      assertEquals(1, left.size(), left::toString);
    }
  }
}
