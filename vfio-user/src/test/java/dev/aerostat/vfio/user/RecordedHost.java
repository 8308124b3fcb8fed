package dev.aerostat.vfio.user;

import dev.aerostat.api.GuestMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Maps nothing, and knows what it was asked for. Safe for use by any thread. */
final class RecordedHost implements GuestMemoryHost {
  private final List<GuestMemory> shared = new ArrayList<>();
  private int gone;
  private Optional<Throwable> failure = Optional.empty();
  private Optional<IOException> refusal = Optional.empty();
  private CompletableFuture<Void> mayGoOn = CompletableFuture.completedFuture(null);

  @Override
  public synchronized void shared(GuestMemory memory) throws IOException {
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    shared.add(memory);
  }

  @Override
  public synchronized CompletableFuture<Void> mayGoOn() {
    return mayGoOn;
  }

  @Override
  public synchronized void gone() {
    gone++;
  }

  @Override
  public synchronized Optional<Throwable> failure() {
    return failure;
  }

  synchronized void refuses(String why) {
    refusal = Optional.of(new IOException(why));
  }

  synchronized void fails(Throwable why) {
    failure = Optional.of(why);
  }

  synchronized void waitsFor(CompletableFuture<Void> event) {
    mayGoOn = event;
  }

  /** Returns the memory that is there now. */
  synchronized Optional<GuestMemory> present() {
    return shared.size() == gone ? Optional.empty() : Optional.of(shared.getLast());
  }

  synchronized int times() {
    return shared.size();
  }
}
