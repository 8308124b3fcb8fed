package dev.aerostat.vmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.memory.linux.syscall.SignalCalls;
import java.lang.foreign.MemorySegment;

/** One signal, which waits until it is taken; a run ends for as long as it does. */
final class FakeSignals implements SignalCalls {
  private static final int EINTR = 4;

  private int waiting;

  @Override
  public int thread() {
    return 77;
  }

  @Override
  public long blocked() {
    return 0;
  }

  @Override
  public int block(int signal) {
    return 0;
  }

  @Override
  public synchronized int send(int thread, int signal) {
    assertEquals(77, thread);
    waiting = 1;
    notifyAll();
    return 0;
  }

  @Override
  public synchronized int take(int signal) {
    int taken = waiting;
    waiting = 0;
    return taken == 0 ? -11 : signal;
  }

  synchronized int pending() {
    return waiting;
  }

  synchronized int awaitKick(MemorySegment area) {
    while (waiting == 0 && area.get(JAVA_BYTE, 1) == 0) {
      try {
        wait();
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
    }
    return -EINTR;
  }
}
