package dev.aerostat.vfio.user;

import dev.aerostat.api.Gate;
import java.util.concurrent.CompletableFuture;

/** A gate of which can be told whether it is open. Safe for use by any thread. */
final class TrackedGate implements Gate {
  private final Gate gate;

  /** Done while the gate is open. */
  private volatile CompletableFuture<Void> open = new CompletableFuture<>();

  TrackedGate(Gate gate) {
    this.gate = gate;
  }

  @Override
  public void open(Runnable done) {
    gate.open(
        () -> {
          boolean _ = open.complete(null);
          done.run();
        });
  }

  @Override
  public void close(Runnable done) {
    if (open.isDone()) {
      open = new CompletableFuture<>();
    }
    gate.close(done);
  }

  /** Returns what is done when it is open: the next time, if it is closed now. */
  CompletableFuture<Void> whenOpen() {
    return open;
  }
}
