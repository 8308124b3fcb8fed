package dev.aerostat.vmm;

import dev.aerostat.memory.linux.syscall.SignalCalls;
import dev.aerostat.vmm.boot.BootEntry;
import dev.aerostat.vmm.bus.Bus;
import dev.aerostat.vmm.bus.GuestEnd;
import dev.aerostat.vmm.kvm.KvmException;
import dev.aerostat.vmm.kvm.KvmMachine;
import dev.aerostat.vmm.kvm.Vcpu;
import dev.aerostat.vmm.kvm.VcpuThread;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The processors of a guest, each with its thread. To be started and closed by one thread. */
final class Processors {
  private final List<Vcpu> vcpus = new ArrayList<>();
  private final List<VcpuThread> threads = new ArrayList<>();

  /**
   * Creates processors that do not run yet.
   *
   * @param count how many
   * @param entry where the first begins; it starts the others
   * @param ended told if one cannot go on
   * @throws KvmException if KVM refuses; what was created stays for {@link #close}
   */
  void create(
      KvmMachine machine,
      int count,
      BootEntry entry,
      Bus ports,
      Bus memory,
      Consumer<GuestEnd> ended)
      throws KvmException {
    for (int id = 0; id < count; id++) {
      Vcpu vcpu = machine.createVcpu(id, count);
      vcpus.add(vcpu);
      threads.add(new VcpuThread(vcpu, ports, memory, SignalCalls.libc(), ended));
    }
    vcpus.getFirst().enter(entry);
  }

  void start() {
    threads.forEach(VcpuThread::start);
  }

  /**
   * Keeps the guest from running, soon, and until a future completes.
   *
   * @param until when it goes on; may be called by any thread once they were created
   */
  void pause(CompletableFuture<Void> until) {
    threads.forEach(thread -> thread.pause(until));
  }

  /**
   * Stops all; the guest never runs again.
   *
   * @throws IOException if one does not stop
   */
  void stop() throws IOException {
    threads.forEach(VcpuThread::stop);
    try {
      for (int i = 0; i < threads.size(); i++) {
        if (!threads.get(i).awaitStop()) {
          throw new IOException(
              vcpus.get(i) + " does not stop: the guest's memory and its devices stay as they are");
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while vCPUs stop");
    }
  }

  /** Closes them; they have stopped. */
  void close() {
    vcpus.forEach(Vcpu::close);
  }
}
