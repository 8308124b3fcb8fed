package dev.aerostat.vfio.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a VMM could do to be in the way of others. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileVmmTest {
  private static final long MIB = 1 << 20;
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
    ram = MemoryFile.ofBytes(64 * MIB);
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

  @Test
  void interruptsGoByEventfdsOnly() throws Exception {
    try (VmmClient client = client();
        Descriptor socket =
            new Descriptor(
                SystemCalls.libc(),
                CallResult.require("socket", SocketCalls.libc().unixStreamSocket()))) {
      assertEquals(22, client.setIrqs(0x24, 0, 0, 1, ram).errno());
      assertEquals(22, client.setIrqs(0x24, 0, 0, 1, socket).errno());
      assertEquals(22, client.setIrqs(0x24, 0, 0, 1, client.connection()).errno());
    }
    assertEquals("the VMM went", server.end());
  }

  @Test
  void aCounterThatIsFullMakesNobodyWait() throws Exception {
    try (VmmClient client = client();
        Descriptor pin = MemoryFile.counter()) {
      MemoryFile.fill(pin);
      client.setIrqs(0x24, 0, 0, 1, pin).ok();
      client.write(0, 0x60, 4, 1).ok();
      client.info().ok();
    }
    assertEquals("the VMM went", server.end());
  }

  @Test
  void noMoreInterruptsAreConnectedThanTheDeviceHas() throws IOException {
    try (VmmClient client = client();
        Descriptor one = MemoryFile.counter();
        Descriptor two = MemoryFile.counter()) {
      assertEquals(22, client.setIrqs(0x24, 1, 0, 2, one, two).errno());
      assertEquals(22, client.setIrqs(0x24, 1, 1, 1, one).errno());
      assertEquals(22, client.setIrqs(0x24, 2, 0, 1, one).errno(), "it has none of these");
      client.setIrqs(0x21, 2, 0, 0).ok();
      client.setIrqs(0x24, 1, 0, 1, one).ok();
    }
  }

  @Test
  void aVersionThatIsRefusedIsNoneAgreedOn() throws Exception {
    try (var client = new VmmClient(server.socket())) {
      VmmClient.Reply refused =
          client.ask(
              VmmClient.VERSION, it -> it.putShort((short) 1).putShort((short) 0).put((byte) 0));
      assertEquals(22, refused.errno());
      client.send(VmmClient.GET_INFO, 0, it -> it.putLong(16).putLong(0), List.of());
      client.awaitEnd();
    }
    String end = server.end();
    assertTrue(end.contains("expected VERSION"), end);
    try (var client = new VmmClient(server.socket())) {
      VmmClient.Reply refused =
          client.ask(
              VmmClient.VERSION, it -> it.putShort((short) 1).putShort((short) 0).put((byte) 0));
      assertEquals(22, refused.errno());
      client.version(VmmClient.QEMU_OFFER).ok();
      client.info().ok();
    }
  }

  /** Of an error, cloud-hypervisor would wait for the rest: 16 bytes or more of an access. */
  @Test
  void aVmmThatIsRefusedItsMemoryWhereItKnowsNoErrorsIsEnded() throws Exception {
    host.refuses("no more locked memory");
    try (VmmClient client = client()) {
      client.info().ok();
      client.map(0, 32 * MIB, 3, 0, ram).ok();
      client.send(
          VmmClient.REGION_READ, 0, it -> it.putLong(0).putInt(CONFIG).putInt(4), List.of());
      client.awaitEnd();
    }
    String end = server.end();
    assertTrue(end.contains("no more locked memory"), end);
  }

  @Test
  void memoryInThousandsOfPiecesIsRefused() throws Exception {
    try (VmmClient client = client()) {
      client.map(0, MIB, 3, 0, ram).ok();
      for (int i = 0; i < 1500; i++) {
        client.map(MIB + i * 8192L, 4096, 3, 8192L, ram).ok();
      }
      OpenDescriptors before = OpenDescriptors.now();
      assertEquals(28, client.info().errno());
      assertEquals(List.of(), before.grown());
    }
  }

  /** VERSION 0.1, the device before the memory, and of each region twice. */
  @Test
  void theOrderOfCloudHypervisorIsServed() throws Exception {
    try (var client = new VmmClient(server.socket())) {
      assertEquals(
          1,
          client
              .ask(
                  VmmClient.VERSION,
                  it -> {
                    it.putShort((short) 0).putShort((short) 1);
                    it.put(
                            "{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":1048576,\"migration\":{\"pgsize\":4096}}}"
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .put((byte) 0);
                  })
              .ok()
              .getShort(2));
      assertEquals(
          16,
          client
              .ask(VmmClient.GET_INFO, it -> it.putInt(32).putInt(0).putInt(0).putInt(0))
              .ok()
              .remaining());
      for (int region = 0; region < 9; region++) {
        assertEquals(32, client.regionInfo(region, 32).ok().remaining());
        assertEquals(32, client.regionInfo(region, 32).ok().remaining());
      }
      assertEquals(0x11e8_1234, client.number(CONFIG, 0, 4));
      assertEquals(0x40, client.number(CONFIG, 0x34, 1));
      for (int index = 0; index < 3; index++) {
        assertEquals(16, client.irqInfo(index).ok().remaining());
      }
      assertEquals(0, host.times());
      assertEquals(0, client.map(0, 32 * MIB, 3, 0, ram).ok().remaining());
      assertEquals(0, client.map(4096 * MIB, 32 * MIB, 3, 32 * MIB, ram).ok().remaining());
      assertEquals(0, host.times());
      assertEquals(16, client.write(CONFIG, 0x10, 4, 0xffff_ffffL).ok().remaining());
      assertEquals(1, host.times());
      assertEquals(64 * MIB, host.present().orElseThrow().bytes());
      assertEquals(-EduDevice.BAR_BYTES & 0xffff_ffffL, client.number(CONFIG, 0x10, 4));
      assertEquals(24, client.unmap(0, 32 * MIB).ok().remaining());
    }
    assertEquals("the VMM went", server.end());
  }
}
