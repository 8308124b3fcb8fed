package dev.aerostat.vmm.kvm;

import dev.aerostat.memory.linux.syscall.SignalCalls;

/**
 * Gets a vCPU's thread out of the guest, however busy or idle that is: a signal ends KVM_RUN.
 *
 * <p>No handler runs, and none is needed. The thread blocks the signal everywhere but in the guest,
 * and takes it when it has ended a run. One that comes while the thread is elsewhere stays pending,
 * and the next run ends at once. Before the thread ends it takes what is still pending: Java takes
 * the block away then, and a signal without a handler would end the process.
 */
final class VcpuKick {
  private static final int SIGNAL = SignalCalls.SIGUSR1;

  private final SignalCalls signals;
  private final Vcpu vcpu;
  private int thread;
  private boolean armed;

  VcpuKick(SignalCalls signals, Vcpu vcpu) {
    this.signals = signals;
    this.vcpu = vcpu;
  }

  /** Called by the vCPU's thread before it runs the guest. */
  synchronized void arm() throws KvmException {
    long blockedAlready = signals.blocked();
    int _ = KvmException.check("block a signal", signals.block(SIGNAL));
    thread = signals.thread();
    armed = true;
    vcpu.blockWhileRunning(blockedAlready & ~(1L << (SIGNAL - 1)));
  }

  /** Ends the run under way, or the next one, of a thread that is armed. */
  synchronized void kick() {
    if (armed) {
      vcpu.area().leaveAtOnce(true);
      int _ = signals.send(thread, SIGNAL);
    }
  }

  /** Called by the vCPU's thread when a run was ended, before it looks why. */
  synchronized void taken() {
    vcpu.area().leaveAtOnce(false);
    takePending();
  }

  /** Called by the vCPU's thread when it runs the guest no more. */
  synchronized void disarm() {
    if (armed) {
      armed = false;
      takePending();
    }
  }

  private void takePending() {
    while (signals.take(SIGNAL) == SIGNAL) {
      // It has done, or would do, no more than to end a run.
    }
  }
}
