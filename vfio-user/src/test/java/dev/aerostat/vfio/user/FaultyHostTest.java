package dev.aerostat.vfio.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a host or a device throws is the end of a session at most, and nothing stays. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FaultyHostTest {
  private static final long MIB = 1 << 20;
  private static final List<Throwable> THROWN =
      List.of(
          new IllegalStateException("broken"),
          new AssertionError("broken"),
          new StackOverflowError("broken"),
          new InterruptedException("undeclared"));

  @TempDir private Path directory = Path.of("");

  private final RecordedHost host = new RecordedHost();
  private final Faults ofHost = new Faults();
  private final Faults ofDevice = new Faults();
  private final VfioUserGuest guest = new VfioUserGuest(ofHost.in(GuestMemoryHost.class, host));
  private final EduDevice edu = new EduDevice(host::present);

  @SuppressWarnings("NullAway.Init") // Before every test.
  private OpenDescriptors before;

  @SuppressWarnings("NullAway.Init")
  private RunningServer server;

  @BeforeEach
  void listen() throws Exception {
    server =
        new RunningServer(directory.resolve("edu"), guest, ofDevice.in(ServedDevice.class, edu));
    Thread.sleep(50); // It waits for a VMM by then.
    before = OpenDescriptors.now();
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    assertEquals(List.of(), before.grown());
  }

  /** Each time another VMM with memory of its own: what the last one left would be in its way. */
  private void aNextOneIsServed() throws Exception {
    ofHost.none();
    ofDevice.none();
    assertEquals(Optional.empty(), host.present(), "memory that nobody has any more");
    try (VmmClient client = VmmClient.agreed(server.socket());
        Descriptor ram = MemoryFile.ofBytes(2 * MIB)) {
      client.map(0, 2 * MIB, 3, 0, ram).ok();
      client.info().ok();
      assertEquals(EduDevice.IDENTIFICATION, client.number(0, 0, 4));
    }
    assertEquals("the VMM went", server.end());
    assertEquals(Optional.empty(), host.present());
    assertEquals(List.of(), before.grown());
  }

  /** Does what a VMM does from its start to its end, as far as it gets. */
  private void aVmmComesAndGoes() throws IOException {
    try (var client = new VmmClient(server.socket());
        Descriptor ram = MemoryFile.ofBytes(2 * MIB);
        Descriptor pin = MemoryFile.counter()) {
      VmmClient.Reply _ = client.version(VmmClient.QEMU_OFFER);
      VmmClient.Reply _ = client.map(0, 2 * MIB, 3, 0, ram);
      VmmClient.Reply _ = client.info();
      VmmClient.Reply _ = client.regionInfo(0, 32);
      VmmClient.Reply _ = client.irqInfo(0);
      VmmClient.Reply _ = client.setIrqs(0x24, 0, 0, 1, pin);
      VmmClient.Reply _ = client.read(0, 0, 4);
      VmmClient.Reply _ = client.write(0, 4, 4, 7);
      VmmClient.Reply _ = client.reset();
    } catch (IOException ended) {
      // The server closed the connection, while this one wrote or read.
    }
  }

  @Test
  void aHostThatThrowsEndsTheSessionOnly() throws Exception {
    for (String method : List.of("shared", "mayGoOn", "failure")) {
      for (Throwable thrown : THROWN) {
        ofHost.thrownBy(method, thrown);
        aVmmComesAndGoes();
        assertTrue(server.end().startsWith("the session failed"), method);
        assertTrue(ofHost.met() > 0, method);
        aNextOneIsServed();
      }
    }
  }

  @Test
  void aHostThatThrowsAtTheEndLeavesNothing() throws Exception {
    for (Throwable thrown : THROWN) {
      ofHost.thrownAtTheEndOf("gone", thrown);
      aVmmComesAndGoes();
      assertTrue(server.end().startsWith("the session failed"));
      aNextOneIsServed();
    }
  }

  @Test
  void aDeviceThatThrowsEndsTheSessionOnly() throws Exception {
    for (String method :
        List.of(
            "connected",
            "resettable",
            "region",
            "interrupts",
            "setInterrupts",
            "read",
            "write",
            "reset")) {
      for (Throwable thrown : THROWN) {
        ofDevice.thrownBy(method, thrown);
        aVmmComesAndGoes();
        assertTrue(server.end().startsWith("the session failed"), method);
        assertTrue(ofDevice.met() > 0, method);
        aNextOneIsServed();
      }
    }
  }

  @Test
  void aDeviceThatThrowsAtTheEndLeavesNothing() throws Exception {
    for (Throwable thrown : THROWN) {
      ofDevice.thrownAtTheEndOf("disconnected", thrown);
      aVmmComesAndGoes();
      assertTrue(server.end().startsWith("the session failed"));
      aNextOneIsServed();
    }
  }

  @Test
  void aDeviceThatReadsBeyondABufferOfItsOwnIsNotTheVmmsFault() throws Exception {
    ofDevice.thrownBy("read", new java.nio.BufferUnderflowException());
    aVmmComesAndGoes();
    String end = server.end();
    assertTrue(end.startsWith("the session failed"), end);
    aNextOneIsServed();
  }

  @Test
  void aDeviceThatDoesNotAnswerReadsAsAllBitsSet() throws Exception {
    for (String method : List.of("region", "read")) {
      ofDevice.thrownBy(method, new IOException("no answer"));
      try (VmmClient client = VmmClient.agreed(server.socket())) {
        assertEquals(0xffff_ffffL, client.number(0, 0, 4), method);
        assertEquals(16, client.write(0, 4, 4, 1).ok().remaining(), method);
      }
      String _ = server.end();
    }
    aNextOneIsServed();
  }

  @Test
  void aVmmWhoseMemoryIsNotMappedAfterAllIsRefused() throws Exception {
    var later = new CompletableFuture<Void>();
    for (CompletableFuture<Void> failed :
        List.of(CompletableFuture.<Void>failedFuture(new IOException("no more memory")), later)) {
      ofHost.answered("mayGoOn", failed);
      try (VmmClient client = VmmClient.agreed(server.socket());
          Descriptor ram = MemoryFile.ofBytes(2 * MIB)) {
        client.map(0, 2 * MIB, 3, 0, ram).ok();
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)
            .execute(() -> later.completeExceptionally(new IOException("no more memory")));
        assertEquals(22, client.info().errno());
        assertEquals(22, client.info().errno(), "it stays so");
      }
      String _ = server.end();
      aNextOneIsServed();
    }
  }

  @Test
  void aWriteThatFailsLateIsLostAndOneThatBreaksEndsTheSession() throws Exception {
    ofDevice.answered("write", CompletableFuture.failedFuture(new IOException("no answer")));
    try (VmmClient client = VmmClient.agreed(server.socket())) {
      assertEquals(16, client.write(0, 4, 4, 1).ok().remaining());
    }
    assertEquals("the VMM went", server.end());
    for (Throwable thrown : THROWN) {
      ofDevice.answered("write", CompletableFuture.failedFuture(thrown));
      aVmmComesAndGoes();
      String end = server.end();
      assertTrue(end.startsWith("the session failed"), end);
    }
    aNextOneIsServed();
  }

  @Test
  void whatIsNeverAnsweredEndsWithTheVmmOrTheServer() throws Exception {
    for (boolean goes : new boolean[] {true, false}) {
      ofHost.answered("mayGoOn", new CompletableFuture<Void>());
      try (VmmClient client = VmmClient.agreed(server.socket());
          Descriptor ram = MemoryFile.ofBytes(2 * MIB)) {
        client.map(0, 2 * MIB, 3, 0, ram).ok();
        int _ = client.send(VmmClient.GET_INFO, 0, it -> it.putLong(16).putLong(0), List.of());
        while (host.present().isEmpty()) {
          Thread.sleep(5);
        }
        if (!goes) {
          server.close();
        }
      }
      assertEquals("the VMM went", server.end());
      assertEquals(Optional.empty(), host.present());
    }
  }

  @Test
  void aHostMayCloseTheServersOfItsGuestFromAnyCall() throws Exception {
    for (String method : List.of("shared", "mayGoOn", "failure", "gone")) {
      var second = new RunningServer(directory.resolve("null"), guest, new NullDevice());
      var third = new RunningServer(directory.resolve("third"), guest, new NullDevice());
      Faults of = ofHost;
      try (VmmClient other = VmmClient.agreed(second.socket());
          VmmClient client = VmmClient.agreed(third.socket());
          Descriptor ram = MemoryFile.ofBytes(2 * MIB)) {
        // Two sessions, the third's has the memory; the second's comes in as the host is called.
        of.replaced(
            method,
            _ -> {
              of.none();
              int asked = ask(other);
              pause(asked);
              second.close(false);
              third.close(false);
              return switch (method) {
                case "failure" -> Optional.empty();
                case "mayGoOn" -> CompletableFuture.completedFuture(null);
                default -> null;
              };
            });
        client.map(0, 2 * MIB, 3, 0, ram).ok();
        int _ = ask(client);
        if (method.equals("gone")) {
          VmmClient.Reply _ = client.receive();
          client.hangUp();
        }
        String _ = third.end();
        String _ = second.end();
      }
      second.close();
      third.close();
    }
  }

  private static int ask(VmmClient client) {
    try {
      return client.send(VmmClient.GET_INFO, 0, it -> it.putLong(16).putLong(0), List.of());
    } catch (IOException ended) {
      return -1;
    }
  }

  private static void pause(int asked) {
    try {
      Thread.sleep(asked < 0 ? 0 : 100);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
