package dev.aerostat.vfio.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.memory.linux.SharedMapping;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a VMM asks, in the order and the words of QEMU 11, and what it is answered. */
final class SessionTest {
  private static final long MIB = 1 << 20;
  private static final long RAM_BYTES = 64 * MIB;
  private static final int CONFIG = ServedDevice.CONFIG_REGION;

  @TempDir private Path directory = Path.of("");

  private final RecordedHost host = new RecordedHost();
  private final VfioUserGuest guest = new VfioUserGuest(host);
  private final EduDevice edu = new EduDevice(host::present);

  @SuppressWarnings("NullAway.Init") // Before every test.
  private RunningServer server;

  @SuppressWarnings("NullAway.Init")
  private Descriptor ram;

  @BeforeEach
  void listen() throws IOException {
    server = new RunningServer(directory.resolve("edu"), guest, edu);
    ram = MemoryFile.ofBytes(RAM_BYTES);
  }

  @AfterEach
  void close() {
    server.close();
    ram.close();
    assertEquals(Optional.empty(), host.present(), "memory that nobody has any more");
  }

  private VmmClient client() throws IOException {
    return VmmClient.agreed(server.socket());
  }

  /** A client that has shared its memory, as q35 does: below 2 GiB, a ROM, above 4 GiB. */
  private VmmClient withMemory() throws IOException {
    VmmClient client = client();
    client.map(0, 32 * MIB, 3, 0, ram).ok();
    client.map(0xfffc_0000L, 0x40000, 1, 0).ok();
    client.map(4096 * MIB, 32 * MIB, 3, 32 * MIB, ram).ok();
    client.info().ok();
    return client;
  }

  private List<GuestRange> memory() {
    return host.present().orElseThrow().regions().stream().map(it -> it.range()).toList();
  }

  @Test
  void theVersionIsAnsweredWithinTheRoomThatTheVmmHas() throws IOException {
    try (var client = new VmmClient(server.socket())) {
      ByteBuffer answer = client.version(VmmClient.QEMU_OFFER).ok();
      assertEquals(0, answer.getShort());
      assertEquals(0, answer.getShort());
      byte[] json = new byte[answer.remaining() - 1];
      answer.get(json);
      assertEquals(
          "{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":4096}}",
          new String(json, StandardCharsets.US_ASCII));
      assertEquals(0, answer.get(), "the end of a string");
    }
    try (var client = new VmmClient(server.socket())) {
      assertEquals(4 + 19 + 1, client.version("{\"capabilities\":{} }").ok().remaining());
    }
    try (var client = new VmmClient(server.socket())) {
      assertTrue(client.version("{}").ok().remaining() <= 4 + 3);
    }
  }

  @Test
  void memoryIsKnownOnceTheVmmGoesOnWithSomethingElse() throws IOException {
    try (VmmClient client = client()) {
      client.map(0, 32 * MIB, 3, 0, ram).ok();
      client.map(4096 * MIB, 32 * MIB, 3, 32 * MIB, ram).ok();
      assertEquals(Optional.empty(), host.present());
      client.info().ok();
      assertEquals(
          List.of(GuestRange.ofLength(0, 32 * MIB), GuestRange.ofLength(4096 * MIB, 32 * MIB)),
          memory());
    }
  }

  @Test
  void theDeviceReachesTheMemoryOfTheVmm() throws IOException {
    try (VmmClient client = withMemory();
        var mapping = SharedMapping.of(ram.number(), 32 * MIB, 4096)) {
      mapping.segment().set(JAVA_LONG, 8, 0x1122_3344_5566_7788L);
      edu.open();
      client.write(CONFIG, 4, 2, 6).ok();
      dma(client, 4096 * MIB + 8, 0x40000, 1);
      dma(client, 0x40000, 4096 * MIB + 64, 3);
      assertEquals(0x1122_3344_5566_7788L, mapping.segment().get(JAVA_LONG, 64));
    }
  }

  private static void dma(VmmClient client, long source, long destination, int command)
      throws IOException {
    client.write(0, 0x80, 8, source).ok();
    client.write(0, 0x88, 8, destination).ok();
    client.write(0, 0x90, 8, 8).ok();
    client.write(0, 0x98, 8, command).ok();
  }

  @Test
  void lowMemoryThatTheChipsetTakesAwayAndBringsBackIsTheSame() throws IOException {
    try (VmmClient client = withMemory()) {
      List<GuestRange> before = memory();
      client.unmap(0, 32 * MIB).ok();
      client.map(0, 0xc0000, 3, 0, ram).ok();
      client.map(0xc0000, 0x20000, 1, 0).ok();
      client.map(0xe0000, 0x20000, 1, 0xe0000, ram).ok();
      client.map(0x100000, 31 * MIB, 3, 0x100000, ram).ok();
      for (long start : List.of(0L, 0xc0000L, 0xe0000L, 0x100000L)) {
        long bytes = start == 0 ? 0xc0000 : start == 0x100000 ? 31 * MIB : 0x20000;
        client.unmap(start, bytes).ok();
      }
      client.map(0, 32 * MIB, 3, 0, ram).ok();
      client.info().ok();
      assertEquals(before, memory());
      assertEquals(1, host.times());
    }
  }

  @Test
  void whatIsMappedLaterAndWasNotThereIsRefused() throws IOException {
    try (VmmClient client = withMemory();
        Descriptor other = MemoryFile.ofBytes(MIB)) {
      assertEquals(22, client.map(1024 * MIB, MIB, 3, 0, other).errno());
      assertEquals(17, client.map(0, MIB, 3, 0, ram).errno(), "it is mapped already");
      client.unmap(0, 32 * MIB).ok();
      assertEquals(22, client.map(0, 32 * MIB, 3, 4096, ram).errno(), "another page is there");
      assertEquals(2, client.unmap(0, 32 * MIB).errno());
      client.map(2048 * MIB, MIB, 3, 0).ok(); // The BAR of another device.
      client.info().ok();
    }
  }

  @Test
  void aVmmThatSharesNoMemoryIsRefusedWhereItHearsOfIt() throws IOException {
    try (VmmClient client = client()) {
      client.map(0, 32 * MIB, 3, 0).ok();
      assertEquals(22, client.info().errno());
      assertEquals(22, client.info().errno());
    }
    assertEquals(0, host.times());
  }

  @Test
  void memoryThatItsHostCannotMapIsRefusedWhereTheVmmHearsOfIt() throws IOException {
    host.refuses("no more locked memory");
    try (VmmClient client = client()) {
      client.map(0, 32 * MIB, 3, 0, ram).ok();
      assertEquals(22, client.info().errno());
    }
  }

  @Test
  void aVmmWaitsUntilItMayGoOn() throws Exception {
    var mapped = new CompletableFuture<Void>();
    host.waitsFor(mapped);
    try (VmmClient client = client()) {
      client.map(0, 32 * MIB, 3, 0, ram).ok();
      var answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return client.info();
                } catch (IOException failure) {
                  throw new IllegalStateException(failure);
                }
              });
      Thread.sleep(300);
      assertFalse(answer.isDone());
      mapped.complete(null);
      assertEquals(16, answer.get().ok().remaining());
    }
  }

  @Test
  void theDeviceIsDescribedAsVfioDoes() throws IOException {
    try (VmmClient client = withMemory()) {
      ByteBuffer info = client.info().ok();
      assertEquals(List.of(16, 3, 9, 5), ints(info, 4));
      ByteBuffer bar = client.regionInfo(0, 32).ok();
      assertEquals(List.of(32, 3, 0, 0), ints(bar, 4));
      assertEquals(EduDevice.BAR_BYTES, bar.getLong());
      assertEquals(0, client.regionInfo(3, 32).ok().getLong(16));
      assertEquals(22, client.regionInfo(9, 32).errno());
      assertEquals(List.of(16, 7, 0, 1), ints(client.irqInfo(0).ok(), 4));
      assertEquals(List.of(16, 9, 1, 1), ints(client.irqInfo(1).ok(), 4));
      assertEquals(22, client.irqInfo(5).errno());
    }
  }

  private static List<Integer> ints(ByteBuffer bytes, int count) {
    return IntStream.range(0, count).mapToObj(_ -> bytes.getInt()).toList();
  }

  @Test
  void regionsAreReadAndWrittenAndNothingBeyondThem() throws IOException {
    try (VmmClient client = withMemory()) {
      assertEquals(EduDevice.IDENTIFICATION, client.number(0, 0, 4));
      client.post(0, 4, 4, 0x1234_5678);
      assertEquals(~0x1234_5678L & 0xffff_ffffL, client.number(0, 4, 4));
      assertEquals(0xffff_ffffL, client.number(0, EduDevice.BAR_BYTES - 2, 4));
      assertEquals(0xffff, client.number(5, 0, 2), "a region that is not there");
      assertEquals(16, client.write(0, EduDevice.BAR_BYTES, 4, 1).ok().remaining());
      assertEquals(22, client.read(0, 0, 4097).errno());
      assertEquals(22, client.read(0, -8, 4).errno());
      assertEquals(16 + 256, client.read(CONFIG, 0, 256).ok().remaining());
    }
  }

  @Test
  void aWriteThatIsHeldIsAnsweredWhenTheGateOpens() throws Exception {
    edu.holdsTheGuest();
    try (VmmClient client = withMemory()) {
      int asked =
          client.send(
              VmmClient.REGION_WRITE,
              0,
              body -> body.putLong(4).putInt(CONFIG).putInt(2).putShort((short) 6),
              List.of());
      Thread.sleep(300);
      edu.open();
      VmmClient.Reply reply = client.receive();
      assertEquals(asked, reply.id());
      assertEquals(16, reply.ok().remaining());
    }
  }

  @Test
  void aVmmThatGoesWhileItIsHeldIsGone() throws Exception {
    edu.holdsTheGuest();
    try (VmmClient client = withMemory()) {
      int _ =
          client.send(
              VmmClient.REGION_WRITE,
              0,
              body -> body.putLong(4).putInt(CONFIG).putInt(2).putShort((short) 6),
              List.of());
    }
    assertEquals("the VMM went", server.end());
  }

  @Test
  void interruptsGoByTheEventfdsOfTheVmm() throws IOException {
    try (VmmClient client = withMemory();
        Descriptor pin = MemoryFile.counter();
        Descriptor message = MemoryFile.counter()) {
      client.setIrqs(0x24, 0, 0, 1, pin).ok();
      client.write(0, 0x60, 4, 1).ok();
      assertTrue(rang(pin));
      client.write(0, 0x60, 4, 2).ok();
      assertFalse(rang(pin), "it is masked");
      client.setIrqs(0x11, 0, 0, 1).ok();
      assertTrue(rang(pin), "it is still raised");
      client.setIrqs(0x21, 0, 0, 0).ok();
      client.setIrqs(0x24, 1, 0, 1, message).ok();
      client.write(0, 0x60, 4, 4).ok();
      assertTrue(rang(message));
      assertFalse(rang(pin));
      assertEquals(22, client.setIrqs(0x24, 1, 0, 2, message).errno(), "two without a second");
      assertEquals(22, client.setIrqs(0x3f, 1, 0, 1).errno());
      assertEquals(22, client.setIrqs(0x21, 7, 0, 1).errno());
      assertEquals(22, client.setIrqs(0x21, 0, 1, Integer.MAX_VALUE).errno());
    }
  }

  private static boolean rang(Descriptor counter) {
    try (var arena = Arena.ofConfined()) {
      return SocketCalls.libc().read(counter.number(), arena.allocate(JAVA_LONG)) > 0;
    }
  }

  @Test
  void aResetIsTheDevices() throws IOException {
    try (VmmClient client = withMemory()) {
      client.write(CONFIG, 4, 2, 6).ok();
      assertEquals(6, client.number(CONFIG, 4, 2));
      client.reset().ok();
      assertEquals(0, client.number(CONFIG, 4, 2));
      assertEquals(1, host.times(), "the memory stays");
    }
  }

  @Test
  void anUnknownCommandIsAnsweredWithAnErrorAndTheSessionGoesOn() throws IOException {
    try (VmmClient client = withMemory()) {
      assertEquals(95, client.ask(6, _ -> {}).errno());
      assertEquals(95, client.ask(15, _ -> {}).errno());
      assertEquals(95, client.ask(65535, _ -> {}).errno());
      client.info().ok();
    }
  }

  @Test
  void whatBreaksTheProtocolEndsItsSessionOnly() throws Exception {
    List<byte[]> broken =
        List.of(
            new byte[] {1, 0, 4, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, // No VERSION before.
            new byte[] {1, 0, 1, 0, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, // Shorter than a header.
            new byte[] {1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, // Too long.
            new byte[] {1, 0, 1, 0, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0},
            new byte[] {1, 0, 1, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, // A reply.
            new byte[] {1, 0, 1, 0, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}); // Half a VERSION.
    for (byte[] message : broken) {
      try (var client = new VmmClient(server.socket())) {
        client.sendRaw(ByteBuffer.wrap(message), List.of());
        client.awaitEnd();
      }
      String end = server.end();
      assertTrue(end.startsWith("the VMM "), end);
    }
    try (VmmClient client = withMemory()) {
      client.info().ok();
    }
  }

  @Test
  void memoryGoesWithTheLastDeviceThatHasIt() throws Exception {
    try (var second = new RunningServer(directory.resolve("null"), guest, new NullDevice());
        VmmClient first = withMemory()) {
      try (VmmClient other = VmmClient.agreed(second.socket())) {
        other.map(0, 0xc0000, 3, 0, ram).ok();
        other.map(0xc0000, 0x40000, 1, 0).ok();
        other.map(0x100000, 31 * MIB, 3, 0x100000, ram).ok();
        other.map(4096 * MIB, 32 * MIB, 3, 32 * MIB, ram).ok();
        other.info().ok();
        assertEquals(1, host.times());
      }
      assertEquals("the VMM went", second.end());
      assertTrue(host.present().isPresent());
      first.info().ok();
      try (VmmClient stranger = VmmClient.agreed(second.socket());
          Descriptor its = MemoryFile.ofBytes(RAM_BYTES)) {
        stranger.map(0, RAM_BYTES, 3, 0, its).ok();
        assertEquals(22, stranger.info().errno(), "another guest");
      }
    }
    assertEquals("the VMM went", server.end());
    assertEquals(Optional.empty(), host.present());
  }

  @Test
  void aHostThatFailsEndsTheSession() throws Exception {
    try (VmmClient client = withMemory()) {
      host.fails(new IllegalStateException("the engine failed"));
      client.send(VmmClient.GET_INFO, 0, body -> body.putLong(16).putLong(0), List.of());
      client.awaitEnd();
    }
    assertEquals("the guest's memory is not mapped any more", server.end());
  }

  @Test
  void aVmmThatMakesItsMemoryShorterIsEnded() throws Exception {
    try (VmmClient client = withMemory()) {
      int _ = SystemCalls.libc().ftruncate(ram.number(), MIB);
      client.send(VmmClient.GET_INFO, 0, body -> body.putLong(16).putLong(0), List.of());
      client.awaitEnd();
    }
    String end = server.end();
    assertTrue(end.startsWith("the VMM made the file of "), end);
  }
}
