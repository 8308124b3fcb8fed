package dev.aerostat.mapper.vfio;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What requests have made of a device's interrupts, by the rules of {@code vfio_pci_intrs.c}. Safe
 * for use by any thread.
 */
final class RelayedInterrupts {
  private static final int MSIX = InterruptKind.MSIX.index();

  private final PciAddress device;
  private final IrqCalls calls;
  private final SystemCalls files;

  /** By their index, those that have been connected since they were last disabled. */
  private final Map<Integer, RelayedVectors> enabled = new HashMap<>();

  private boolean closed;

  RelayedInterrupts(PciAddress device, IrqCalls calls, SystemCalls files) {
    this.device = device;
    this.calls = calls;
    this.files = files;
  }

  synchronized void set(InterruptRequest request) throws IOException {
    if (closed) {
      throw new IllegalStateException("device %s is closed".formatted(device));
    }
    int most = most(request);
    if (!request.connects()) {
      check(request, calls.pass(request));
      if (request.disables()) {
        forget(request.index());
      }
      return;
    }
    RelayedVectors vectors = enabled.get(request.index());
    if (vectors == null) {
      enable(request, most);
    } else {
      connect(request, vectors);
    }
  }

  /** Nothing is allocated by the size of a request before this. */
  private int most(InterruptRequest request) throws IOException {
    int most = calls.count(request.index());
    if (most == -Errno.EINVAL) {
      throw new IllegalArgumentException(
          "device %s: %s: expected an index that the device has".formatted(device, request.text()));
    }
    check(request, Math.min(most, 0));
    if (request.start() >= most || request.count() > most - request.start()) {
      throw new IllegalArgumentException(
          "device %s: %s: expected interrupts below %d".formatted(device, request.text(), most));
    }
    return most;
  }

  /** Of MSI-X all at once, if the host has as many. */
  private void enable(InterruptRequest request, int most) throws IOException {
    int end = request.start() + request.count();
    if (request.index() == MSIX && end < most) {
      int[] all = RelayedVectors.placed(new int[0], most, request);
      int result = calls.connect(VfioConstants.IRQ_SET_TRIGGER, MSIX, 0, all);
      if (result == 0) {
        enabled.put(MSIX, new RelayedVectors(files, most, most));
        return;
      }
      if (result < 0 && result != -Errno.ENOSPC) {
        throw refused(request, result);
      }
    }
    check(request, calls.pass(request));
    var vectors = new RelayedVectors(files, end, most);
    vectors.keep(request);
    enabled.put(request.index(), vectors);
  }

  private void connect(InterruptRequest request, RelayedVectors vectors) throws IOException {
    int result = calls.pass(request);
    if (result == -Errno.EINVAL && vectors.canGrowFor(request)) {
      grow(request, vectors);
    } else {
      check(request, result);
    }
    vectors.keep(request);
  }

  /** As it was before, if the kernel will not have it. */
  private void grow(InterruptRequest request, RelayedVectors vectors) throws IOException {
    int index = request.index();
    int[] before = vectors.counters();
    check(request, calls.act(VfioConstants.IRQ_SET_TRIGGER, index, 0));
    int[] all = RelayedVectors.placed(before, request.start() + request.count(), request);
    int result = calls.connect(VfioConstants.IRQ_SET_TRIGGER, index, 0, all);
    if (result != 0) {
      if (calls.connect(VfioConstants.IRQ_SET_TRIGGER, index, 0, before) != 0) {
        forget(index);
      }
      throw refused(request, result);
    }
  }

  private void forget(int index) {
    RelayedVectors vectors = enabled.remove(index);
    if (vectors != null) {
      vectors.close();
    }
  }

  /** Leaves only what the kernel will not disable. */
  synchronized void disable() throws IOException {
    int refusal = 0;
    for (int index : List.copyOf(enabled.keySet())) {
      int result = calls.act(VfioConstants.IRQ_SET_TRIGGER, index, 0);
      if (result == 0 || result == -Errno.EINVAL) { // The latter: it has no counter any more.
        forget(index);
      } else {
        refusal = result;
      }
    }
    if (refusal != 0) {
      throw new IOException(
          "device %s: cannot disable interrupts (%s)".formatted(device, Errno.name(-refusal)));
    }
  }

  /** For good, since the device is about to be closed. */
  synchronized void close() throws IOException {
    closed = true;
    try {
      disable();
    } finally {
      List.copyOf(enabled.keySet()).forEach(this::forget);
    }
  }

  private void check(InterruptRequest request, int result) throws IOException {
    if (result != 0) {
      throw refused(request, result);
    }
  }

  /** More than 0 is the number of vectors that there would have been ({@code vfio_msi_enable}). */
  private IOException refused(InterruptRequest request, int result) {
    if (result > 0) {
      return new IOException(
          "device %s: cannot do %s: the host has %d vectors left for it; ask for as many"
              .formatted(device, request.text(), result));
    }
    return new IOException(
        "device %s: cannot do %s (%s)%s"
            .formatted(device, request.text(), Errno.name(-result), why(-result)));
  }

  private static String why(int errno) {
    return switch (errno) {
      case Errno.EINVAL ->
          ": this kind is not enabled, or another one is, or a descriptor is not that of an event counter";
      case Errno.ENOTTY -> ": the kernel does not do this to this kind of interrupt";
      default -> VfioInterrupts.whyNotConnected(errno);
    };
  }
}
