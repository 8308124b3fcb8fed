package dev.aerostat.mapper.vfio;

import dev.aerostat.api.Errno;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The interrupts of a device: the kernel counts them on event counters (eventfd(2)) of the caller's
 * (VFIO_DEVICE_SET_IRQS of linux/vfio.h).
 *
 * <p><b>Event counters.</b> The kernel holds on to the counter, not to its descriptor: that may be
 * closed as soon as the call has returned, and closing it disconnects nothing. The same counter can
 * be one of KVM's (KVM_IRQFD): an interrupt then reaches the guest without this process.
 *
 * <p><b>INTx</b> is level-triggered. The kernel masks the pin each time it counts an interrupt:
 * nothing more comes until somebody unmasks it, by {@link #unmask()} or on a counter that {@link
 * #unmaskOn} named. With KVM that is the resample counter of the same irqfd.
 *
 * <p><b>MSI and MSI-X.</b> How many vectors there are is settled by {@link #enable}: before Linux
 * 6.5 none can be added later, and of MSI never. For MSI pass the number that the guest's driver
 * chose, since the device uses that many; for MSI-X {@link #count}, with counters for as many as
 * are in use, and {@link #connect} the others when the guest unmasks them.
 *
 * <p>Safe for use by any thread. When the mapper is closed, interrupts are disabled first;
 * afterwards {@link #disable()} does nothing, and all else throws {@link IllegalStateException}.
 */
public final class VfioInterrupts {
  /** In place of a descriptor: no counter. */
  public static final int NONE = -1;

  private static final int PIN = InterruptKind.INTX.index();

  private final PciAddress device;
  private final IrqCalls calls;
  private Optional<InterruptKind> enabled = Optional.empty();
  private int vectors;
  private boolean closed;

  VfioInterrupts(PciAddress device, IrqCalls calls) {
    this.device = device;
    this.calls = calls;
  }

  /**
   * Returns how many interrupts of a kind the device has (VFIO_DEVICE_GET_IRQ_INFO).
   *
   * @param kind which
   * @return 0 if it has none of this kind; at most 1 of INTx, 32 of MSI, 2,048 of MSI-X
   * @throws IOException if the kernel refuses to say
   * @throws IllegalStateException if the mapper is closed
   */
  public int count(InterruptKind kind) throws IOException {
    int count = calls.count(kind.index());
    if (count < 0) {
      throw failed("describe its %s interrupts".formatted(kind), -count, "");
    }
    return count;
  }

  /**
   * Has the device interrupt in one way.
   *
   * @param kind which
   * @param howMany how many vectors, 1 to {@link #count}
   * @param eventfds descriptors of the counters of the first vectors, {@link #NONE} for a vector
   *     without one; at most {@code howMany}: those that are left out have none yet
   * @throws IOException if the kernel refuses; nothing is enabled then
   * @throws IllegalArgumentException if the device has fewer vectors, or an argument is outside its
   *     range
   * @throws IllegalStateException if a kind is enabled already, or the mapper is closed
   */
  public synchronized void enable(InterruptKind kind, int howMany, int... eventfds)
      throws IOException {
    if (closed) {
      throw new IllegalStateException("device %s is closed".formatted(device));
    }
    if (enabled.isPresent()) {
      throw new IllegalStateException(
          "device %s: %s is enabled already; disable it before %s"
              .formatted(device, enabled.get(), kind));
    }
    int most = count(kind);
    if (most == 0) {
      throw new IllegalArgumentException(
          "device %s has no %s; ask count() first".formatted(device, kind));
    }
    if (howMany < 1 || howMany > most || eventfds.length > howMany) {
      throw new IllegalArgumentException(
          "device %s: %d vectors of %s with %d counters: expected 1 to %d, and no more counters than vectors"
              .formatted(device, howMany, kind, eventfds.length, most));
    }
    int[] all = Arrays.copyOf(checked(eventfds), howMany);
    Arrays.fill(all, eventfds.length, howMany, NONE);
    int result = calls.connect(VfioConstants.IRQ_SET_TRIGGER, kind.index(), 0, all);
    if (result != 0) {
      throw notEnabled(kind, howMany, result);
    }
    enabled = Optional.of(kind);
    vectors = howMany;
  }

  /** More than 0 is the number of vectors that there would have been ({@code vfio_msi_enable}). */
  private IOException notEnabled(InterruptKind kind, int howMany, int result) {
    if (result > 0) {
      return new IOException(
          "device %s: cannot enable %d vectors of %s: the host has %d left for it; enable as many"
              .formatted(device, howMany, kind, result));
    }
    return failed("enable %s".formatted(kind), -result, whyNotConnected(-result));
  }

  /**
   * Connects other counters to vectors, each in place of the one it has.
   *
   * @param first the first of them, 0 or more
   * @param eventfds descriptors of their counters, {@link #NONE} for a vector without one; at least
   *     one, and no more than there are vectors from {@code first} on
   * @throws IOException if the kernel refuses; some of them may be connected then
   * @throws IllegalArgumentException if the vectors are not among those that were enabled
   * @throws IllegalStateException if no kind is enabled, or the mapper is closed
   */
  public synchronized void connect(int first, int... eventfds) throws IOException {
    InterruptKind kind = enabled.orElseThrow(() -> notEnabled("connect a counter"));
    if (first < 0 || eventfds.length == 0 || eventfds.length > vectors - first) {
      throw new IllegalArgumentException(
          "device %s: %d vectors from %d on: %d of %s are enabled; disable it to enable more"
              .formatted(device, eventfds.length, first, vectors, kind));
    }
    int result =
        calls.connect(VfioConstants.IRQ_SET_TRIGGER, kind.index(), first, checked(eventfds));
    check("connect vectors of %s".formatted(kind), result, whyNotConnected(-result));
  }

  /**
   * Has the device interrupt no more, and lets go of all counters. Does nothing if no kind is
   * enabled.
   *
   * @throws IOException if the kernel refuses
   */
  public synchronized void disable() throws IOException {
    if (enabled.isPresent()) {
      InterruptKind kind = enabled.get();
      int result = calls.act(VfioConstants.IRQ_SET_TRIGGER, kind.index(), 0);
      check("disable %s".formatted(kind), result, "");
      enabled = Optional.empty();
      vectors = 0;
    }
  }

  /** Disables them for good, since the device is about to be closed. */
  synchronized void close() throws IOException {
    closed = true;
    disable();
  }

  /**
   * Masks INTx.
   *
   * @throws IOException if the kernel refuses
   * @throws IllegalStateException if INTx is not enabled, or the mapper is closed
   */
  public synchronized void mask() throws IOException {
    requirePin("mask INTX");
    check("mask INTX", calls.act(VfioConstants.IRQ_SET_MASK, PIN, 1), "");
  }

  /**
   * Unmasks INTx: if the device still asserts it, it is counted again at once.
   *
   * @throws IOException if the kernel refuses
   * @throws IllegalStateException if INTx is not enabled, or the mapper is closed
   */
  public synchronized void unmask() throws IOException {
    requirePin("unmask INTX");
    check("unmask INTX", calls.act(VfioConstants.IRQ_SET_UNMASK, PIN, 1), "");
  }

  /**
   * Has the kernel unmask INTx whenever a counter is written to, such as the resample counter of
   * KVM_IRQFD.
   *
   * @param eventfd its descriptor, or {@link #NONE} to stop it
   * @throws IOException if the kernel refuses, also because one is connected already
   * @throws IllegalArgumentException if the descriptor is negative
   * @throws IllegalStateException if INTx is not enabled, or the mapper is closed
   */
  public synchronized void unmaskOn(int eventfd) throws IOException {
    requirePin("unmask INTX on a counter");
    int result = calls.connect(VfioConstants.IRQ_SET_UNMASK, PIN, 0, checked(eventfd));
    String why =
        result == -Errno.EBUSY
            ? ": another one does so; stop it first, with NONE"
            : whyNotConnected(-result);
    check("unmask INTX on a counter", result, why);
  }

  private void requirePin(String what) {
    if (!enabled.equals(Optional.of(InterruptKind.INTX))) {
      throw notEnabled(what);
    }
  }

  private IllegalStateException notEnabled(String what) {
    return new IllegalStateException(
        "device %s: cannot %s: %s is enabled; enable it first"
            .formatted(device, what, enabled.map(Enum::name).orElse("no kind of interrupt")));
  }

  private int[] checked(int... eventfds) {
    for (int eventfd : eventfds) {
      if (eventfd < NONE) {
        throw new IllegalArgumentException(
            "device %s: descriptor %d: expected one of an event counter, or -1 for none"
                .formatted(device, eventfd));
      }
    }
    return eventfds;
  }

  private void check(String what, int result, String why) throws IOException {
    if (result < 0) {
      throw failed(what, -result, why);
    }
  }

  private IOException failed(String what, int errno, String why) {
    return new IOException(
        "device %s: cannot %s (%s)%s".formatted(device, what, Errno.name(errno), why));
  }

  /** {@code vfio_pci_intrs.c} and {@code eventfd_ctx_fdget}. */
  static String whyNotConnected(int errno) {
    return switch (errno) {
      case Errno.EBADF, Errno.EINVAL ->
          ": a descriptor is not that of an open event counter; make one with eventfd(2)";
      case Errno.EBUSY ->
          ": another device of the host shares the pin, and this one cannot be masked alone; use MSI";
      case Errno.ENODEV, Errno.ENOTCONN -> ": the host routes no pin of it; use MSI";
      case Errno.ENOMEM, Errno.ENOSPC -> ": the host has no vectors left; enable fewer";
      default -> "";
    };
  }
}
