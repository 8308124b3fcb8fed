package dev.aerostat.observer;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;

/** Shows the observer what is discarded. */
final class ObservedHostMemory implements HostMemory {
  private final HostMemory memory;
  private final Observer observer;

  ObservedHostMemory(HostMemory memory, Observer observer) {
    this.memory = memory;
    this.observer = observer;
  }

  @Override
  public void populate(HostAddress start, long bytes) throws HostRefusedException {
    memory.populate(start, bytes);
  }

  @Override
  public void discard(HostAddress start, long bytes) throws HostRefusedException {
    observer.discardAsked(start, bytes);
    memory.discard(start, bytes);
  }
}
