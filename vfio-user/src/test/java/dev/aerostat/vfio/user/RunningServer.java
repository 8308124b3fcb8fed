package dev.aerostat.vfio.user;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server on a thread of its own. What ended its sessions can be asked. */
final class RunningServer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path socket;
  private final VfioUserServer server;
  private final Thread thread;
  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

  RunningServer(Path socket, VfioUserGuest guest, ServedDevice device) throws IOException {
    this(socket, guest, device, Duration.ofSeconds(10));
  }

  RunningServer(Path socket, VfioUserGuest guest, ServedDevice device, Duration patience)
      throws IOException {
    this.socket = socket;
    this.server = VfioUserServer.listen(socket, guest, device, patience);
    this.thread = Thread.ofPlatform().name("vfio-user").start(this::run);
  }

  private void run() {
    boolean more = true;
    while (more) {
      String end = "the VMM went";
      try {
        more = server.serve();
      } catch (IOException failure) {
        end = String.valueOf(failure.getMessage());
      }
      ends.add(end);
    }
  }

  Path socket() {
    return socket;
  }

  /** Returns why the next session ended. */
  String end() throws InterruptedException {
    String end = ends.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (end == null) {
      throw new IllegalStateException("no session has ended for %d s".formatted(PATIENCE_SECONDS));
    }
    return end;
  }

  /** Returns why each session so far has ended. */
  List<String> ends() {
    return List.copyOf(ends);
  }

  /** Closes it; a call of the server itself cannot wait for its end. */
  void close(boolean waits) {
    if (waits) {
      close();
    } else {
      server.close();
    }
  }

  @Override
  public void close() {
    server.close();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
