package dev.aerostat.vmm.kvm;

/** An eventfd that interrupts the guest until this is closed. Safe for use by any thread. */
public final class InterruptFile implements AutoCloseable {
  private final KvmInterrupts interrupts;
  private final int eventfd;
  private final int gsi;
  private boolean closed;

  InterruptFile(KvmInterrupts interrupts, int eventfd, int gsi) {
    this.interrupts = interrupts;
    this.eventfd = eventfd;
    this.gsi = gsi;
  }

  /**
   * Ends it, before the eventfd itself is closed. Does nothing the second time.
   *
   * @throws KvmException if KVM refuses
   * @throws IllegalStateException if the machine is closed
   */
  @Override
  public synchronized void close() throws KvmException {
    if (!closed) {
      interrupts.detach(eventfd, gsi);
      closed = true;
    }
  }
}
