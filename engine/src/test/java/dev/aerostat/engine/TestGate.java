package dev.aerostat.engine;

import dev.aerostat.api.Gate;

/** A gate that moves at once and remembers. */
final class TestGate implements Gate {
  private volatile boolean open;
  private volatile int closes;
  volatile Runnable onOpen = () -> {};

  boolean isOpen() {
    return open;
  }

  /** How often it was told to close. */
  int closes() {
    return closes;
  }

  @Override
  public void open(Runnable done) {
    open = true;
    onOpen.run();
    done.run();
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // Of the event thread alone.
  public void close(Runnable done) {
    open = false;
    closes++;
    done.run();
  }
}
