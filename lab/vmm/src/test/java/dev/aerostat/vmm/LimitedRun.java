package dev.aerostat.vmm;

import dev.aerostat.vmm.bus.GuestEnd;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A run of a guest that ends after some time, whatever the guest does. */
final class LimitedRun {
  private LimitedRun() {}

  /** Runs a guest to its end, or until it has taken too long, which is {@code STOPPED}. */
  static GuestEnd of(VirtualMachine guest, int mostSeconds) {
    CompletableFuture.delayedExecutor(mostSeconds, TimeUnit.SECONDS)
        .execute(() -> guest.end(new GuestEnd(GuestEnd.Kind.STOPPED, "it took too long")));
    return guest.run();
  }
}
