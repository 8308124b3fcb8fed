package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.memory.linux.SharedMapping;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Front ends that send a file of a file system of their own, which never answers. */
@Timeout(180)
final class SilentFileTest {
  private static final BalloonSettings SETTINGS = VhostUserServer.settings();
  private static final long REFUSED = 1;

  @TempDir Path directory;

  private static Backend<BareBalloon> backend() throws IOException {
    return new Backend<>(SETTINGS, (memory, front) -> new BareBalloon(memory, front, SETTINGS));
  }

  /** The file system goes first, so that a server which waits for it fails the test only. */
  private interface Body {
    void run(ScriptedFrontEnd frontEnd, SilentFileSystem silent) throws Exception;
  }

  private void serve(boolean hidden, Body body) throws Exception {
    Path point = Files.createDirectory(directory.resolve("silent"));
    try (Backend<BareBalloon> backend = backend();
        var silent = new SilentFileSystem(point, hidden)) {
      try (var frontEnd = ScriptedFrontEnd.negotiated(backend.socket())) {
        within10Seconds(() -> body.run(frontEnd, silent));
      }
      Backend.await("the end of the session", () -> backend.served() == 1);
      try (var next = ScriptedFrontEnd.negotiated(backend.socket())) {
        within10Seconds(() -> assertEquals(5, next.askNumber(Request.GET_QUEUE_NUM)));
      }
      within10Seconds(() -> backend.server().close());
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void within10Seconds(Step step) throws Exception {
    var done = new CompletableFuture<Void>();
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    step.run();
                    done.complete(null);
                  } catch (Throwable failure) {
                    done.completeExceptionally(failure);
                  }
                });
    Backend.get("a step beside a file that is silent", done);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isRefusedAsMemoryWithoutAsking(boolean hidden) throws Exception {
    serve(
        hidden,
        (frontEnd, silent) -> {
          assertEquals(
              REFUSED,
              frontEnd.tell(
                  Request.SET_MEM_TABLE, SharedFile.table(SharedFile.BYTES)::write, silent.file()));
          try (var memory = new SharedFile(directory.resolve("memory"))) {
            assertEquals(
                0,
                frontEnd.tell(
                    Request.SET_MEM_TABLE,
                    SharedFile.table(SharedFile.BYTES)::write,
                    memory.descriptor()),
                "a file on a disk is served");
            assertEquals(
                REFUSED,
                frontEnd.tell(
                    Request.SET_MEM_TABLE,
                    SharedFile.table(SharedFile.BYTES)::write,
                    silent.file()));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theRefusalSaysWhatItIsAndWhatToTake(boolean hidden) throws Exception {
    Path point = Files.createDirectory(directory.resolve("silent"));
    try (var silent = new SilentFileSystem(point, hidden)) {
      within10Seconds(
          () -> {
            String refusal =
                assertThrows(
                        IOException.class,
                        () -> SharedMapping.of(silent.file().number(), 0, SharedFile.BYTES))
                    .toString();
            String what = hidden ? "mounted nowhere in this process's sight" : ", of type fuse,";
            assertTrue(refusal.contains(what), refusal);
            assertTrue(refusal.contains("a memfd, or"), refusal);
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SET_VRING_KICK", "SET_VRING_CALL", "SET_BACKEND_REQ_FD"})
  void isRefusedAsANotification(String request) throws Exception {
    serve(
        true,
        (frontEnd, silent) -> {
          assertEquals(
              REFUSED,
              frontEnd.tell(
                  Request.valueOf(request), payload -> payload.putLong(0), silent.file()));
          assertEquals(5, frontEnd.askNumber(Request.GET_QUEUE_NUM));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 12 + 8})
  void mayComeWithAMessageThatDoesNotWantItOrNeverEnds(int bytes) throws Exception {
    serve(
        true,
        (frontEnd, silent) -> {
          ByteBuffer message = ByteBuffer.allocate(12 + 8).order(ByteOrder.nativeOrder());
          message.putInt(Request.SET_OWNER.number()).putInt(1).putInt(8).rewind();
          assertTrue(frontEnd.offer(message.limit(bytes), Collections.nCopies(8, silent.file())));
          if (bytes == message.capacity()) {
            assertEquals(5, frontEnd.askNumber(Request.GET_QUEUE_NUM));
          }
        });
  }

  @Test
  void oneThatIsNeverClosedDoesNotKeepTheConnectionOpenThatWasSentAfterIt() throws Exception {
    serve(
        true,
        (frontEnd, silent) -> {
          for (Descriptor each : List.of(silent.file(), frontEnd.connection())) {
            assertEquals(
                REFUSED,
                frontEnd.tell(Request.SET_VRING_KICK, payload -> payload.putLong(0), each));
          }
        });
  }

  @Test
  void nobodySendsMoreOfThemThanAFew() throws Exception {
    Path point = Files.createDirectory(directory.resolve("silent"));
    try (Backend<BareBalloon> backend = backend();
        var silent = new SilentFileSystem(point, true);
        var frontEnd = ScriptedFrontEnd.negotiated(backend.socket())) {
      ByteBuffer message = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
      message.putInt(Request.SET_OWNER.number()).putInt(1).putInt(0).rewind();
      within10Seconds(
          () -> {
            while (frontEnd.offer(message.duplicate(), Collections.nCopies(8, silent.file()))) {
              // Until the back end has closed the connection.
            }
          });
      assertTrue(backend.failure().toString().contains("that cannot be closed yet"));
    }
  }
}
