package dev.aerostat.vmm;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is to be closed in the order opposite to that in which it was opened. What cannot be closed
 * leaves open all that it uses: guest memory must outlive a vCPU that does not stop.
 *
 * <p>Not safe for use by several threads.
 */
final class CloseStack implements AutoCloseable {
  private final Deque<Closing> open = new ArrayDeque<>();

  /** How something is closed. */
  @FunctionalInterface
  interface Closing {
    void close() throws IOException;
  }

  /** Adds what is to be closed before all that was added earlier. */
  void add(Closing closing) {
    open.push(closing);
  }

  /**
   * Closes all. The second time begins with what could not be closed the first time.
   *
   * @throws IOException as what is closed throws; it and what was added before it stay open
   */
  @Override
  public void close() throws IOException {
    while (!open.isEmpty()) {
      open.element().close();
      var _ = open.pop();
    }
  }
}
