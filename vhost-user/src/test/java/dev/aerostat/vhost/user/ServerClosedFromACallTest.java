package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host that closes its server on the thread that serves, in the midst of a session. */
@Timeout(180)
final class ServerClosedFromACallTest {
  private static final BalloonSettings SETTINGS = VhostUserServer.settings();

  @TempDir Path directory;

  private interface During {
    void call(VhostUserServer server);
  }

  private Path socket() {
    return directory.resolve("s");
  }

  private VhostUserServer listen(During connected) throws IOException {
    var self = new CompletableFuture<VhostUserServer>();
    VhostUserServer server =
        VhostUserServer.listen(
            socket(),
            SETTINGS,
            new BalloonHost() {
              @Override
              public void connected() {
                connected.call(self.join());
              }

              @Override
              public HostedBalloon host(GuestMemory memory, GuestInterrupts frontEnd) {
                return new BareBalloon(memory, frontEnd, SETTINGS);
              }
            });
    self.complete(server);
    return server;
  }

  private static CompletableFuture<Boolean> serve(VhostUserServer server) {
    var served = new CompletableFuture<Boolean>();
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    served.complete(server.serve());
                  } catch (IOException | RuntimeException failure) {
                    served.completeExceptionally(failure);
                  }
                });
    return served;
  }

  @Test
  void theSessionEndsAndALaterCloseReturnsWhileTheFrontEndStays() throws Exception {
    VhostUserServer server = listen(VhostUserServer::close);
    CompletableFuture<Boolean> served = serve(server);
    try (var _ = new ScriptedFrontEnd(socket())) {
      assertFalse(Backend.get("the end of a session", served));
      assertFalse(Files.exists(socket()));
      Thread closer = Thread.ofPlatform().daemon().start(server::close);
      Backend.await("a close to return", () -> !closer.isAlive());
      assertFalse(server.serve());
    }
  }

  @Test
  void aHostThatServesInACallIsToldThatItCannot() throws Exception {
    try (VhostUserServer server =
        listen(self -> assertThrows(IllegalStateException.class, self::serve))) {
      CompletableFuture<Boolean> served = serve(server);
      new ScriptedFrontEnd(socket()).close();
      assertTrue(Backend.get("the end of a session", served));
    }
  }

  @Test
  void whatAHostThrowsIsAFailureOfTheSessionEvenIfItsTextThrowsToo() throws Exception {
    try (VhostUserServer server =
        listen(
            _ -> {
              throw new Unreadable();
            })) {
      CompletableFuture<Boolean> served = serve(server);
      try (var _ = new ScriptedFrontEnd(socket())) {
        var failure =
            assertThrows(
                ExecutionException.class, () -> Backend.get("the end of a session", served));
        assertTrue(failure.getCause() instanceof IOException);
      }
    }
  }

  @SuppressWarnings("OverrideThrowableToString") // It is toString that throws.
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  @Test
  void aSocketWithoutANameIsRefused() {
    var failure =
        assertThrows(
            IOException.class,
            () ->
                VhostUserServer.listen(
                        Path.of(""),
                        SETTINGS,
                        (memory, frontEnd) -> new BareBalloon(memory, frontEnd, SETTINGS))
                    .close());
    assertTrue(failure.toString().contains("path is empty"), failure.toString());
  }

  @Test
  void aDirectoryThatTakesNoSocketsIsNotSaidToBeMissing() {
    Path there = Path.of("/proc/aerostat");
    var failure =
        assertThrows(
            IOException.class,
            () ->
                VhostUserServer.listen(
                        there,
                        SETTINGS,
                        (memory, frontEnd) -> new BareBalloon(memory, frontEnd, SETTINGS))
                    .close());
    assertFalse(failure.toString().contains("no directory"), failure.toString());
  }
}
