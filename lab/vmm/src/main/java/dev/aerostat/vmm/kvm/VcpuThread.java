package dev.aerostat.vmm.kvm;

import dev.aerostat.memory.linux.syscall.SignalCalls;
import dev.aerostat.vmm.bus.Bus;
import dev.aerostat.vmm.bus.GuestEnd;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * The thread of a vCPU: it runs the guest, and answers each access that the guest makes to
 * something other than memory.
 *
 * <p>Safe for use by any thread.
 */
public final class VcpuThread {
  private static final int INTERRUPTED = -4;
  private static final int AGAIN = -11;
  private static final Duration MOST_TIME_TO_STOP = Duration.ofSeconds(30);

  private final Vcpu vcpu;
  private final Bus ports;
  private final Bus memory;
  private final Consumer<GuestEnd> ended;
  private final VcpuKick kick;
  private final Thread thread;
  private final CompletableFuture<Void> stopping = new CompletableFuture<>();

  /** What the guest waits for; a pause that is over stays here until the thread has seen it. */
  private final Queue<CompletableFuture<Void>> pauses = new ConcurrentLinkedQueue<>();

  /**
   * Creates the thread.
   *
   * @param vcpu what it runs
   * @param ports where the guest's ports are
   * @param memory where its addresses are that are not memory
   * @param signals to get it out of the guest
   * @param ended called on this thread if the guest or the VMM cannot go on
   */
  public VcpuThread(
      Vcpu vcpu, Bus ports, Bus memory, SignalCalls signals, Consumer<GuestEnd> ended) {
    this.vcpu = vcpu;
    this.ports = ports;
    this.memory = memory;
    this.ended = ended;
    this.kick = new VcpuKick(signals, vcpu);
    this.thread = Thread.ofPlatform().daemon().name(vcpu.toString()).unstarted(this::run);
  }

  /** Starts it: the guest runs. To be called once. */
  public void start() {
    thread.start();
  }

  /**
   * Keeps the guest from running: soon, wherever it is, and until a future completes. Of several
   * pauses all must be over. The guest is told that it was paused.
   *
   * @param until when the guest goes on
   */
  public void pause(CompletableFuture<Void> until) {
    pauses.add(until);
    kick.kick();
  }

  /**
   * Asks it to stop, wherever the guest is. A write that has not taken effect yet is given up. The
   * thread never runs the guest again.
   */
  public void stop() {
    stopping.complete(null);
    kick.kick();
  }

  /**
   * Waits until it has stopped.
   *
   * @return whether it has; if not, guest memory must not be freed
   * @throws InterruptedException if this thread is interrupted
   */
  public boolean awaitStop() throws InterruptedException {
    if (thread.getState() == Thread.State.NEW) {
      return true;
    }
    return thread.join(MOST_TIME_TO_STOP);
  }

  private void run() {
    try {
      kick.arm();
      while (!stopping.isDone()) {
        CompletableFuture<Void> until = pauses.poll();
        if (until == null) {
          enterGuest();
        } else {
          await(until);
          vcpu.tellPaused();
        }
      }
    } catch (KvmException | RuntimeException | Error failure) {
      ended.accept(new GuestEnd(GuestEnd.Kind.FAILURE, vcpu + ": " + failure));
    } finally {
      kick.disarm();
    }
  }

  private void enterGuest() throws KvmException {
    int result = vcpu.run();
    switch (result) {
      case 0 -> answer(vcpu.area());
      case INTERRUPTED -> kick.taken();
      case AGAIN -> {}
      default ->
          throw new KvmException(
              "run %s at instruction 0x%x".formatted(vcpu, vcpu.instruction()), -result, "");
    }
  }

  private void answer(RunArea area) {
    switch (area.exitReason()) {
      case RunArea.EXIT_IO -> accessPorts(area);
      case RunArea.EXIT_MMIO -> accessMemory(area);
      case RunArea.EXIT_HALT, RunArea.EXIT_INTERRUPTED -> {}
      case RunArea.EXIT_SHUTDOWN, RunArea.EXIT_SYSTEM_EVENT -> crash("gave up (triple fault)");
      case RunArea.EXIT_FAIL_ENTRY ->
          crash("cannot be entered, reason 0x%x".formatted(area.detail()));
      case RunArea.EXIT_INTERNAL_ERROR ->
          crash("did what KVM cannot emulate, error %d".formatted((int) area.detail()));
      default -> crash("was left for the unknown reason %d".formatted(area.exitReason()));
    }
  }

  private void accessPorts(RunArea area) {
    boolean written = area.portIsWritten();
    for (int i = 0; i < area.portCount() && !stopping.isDone(); i++) {
      if (written) {
        await(ports.write(area.port(), area.portWidth(), area.portData(i)));
      } else {
        area.setPortData(i, ports.read(area.port(), area.portWidth()));
      }
    }
  }

  private void accessMemory(RunArea area) {
    if (area.memoryIsWritten()) {
      await(memory.write(area.address(), area.memoryWidth(), area.memoryData()));
    } else {
      area.setMemoryData(memory.read(area.address(), area.memoryWidth()));
    }
  }

  /** The guest goes on when what it waits for has come; a vCPU that is stopped waits no more. */
  private void await(CompletableFuture<Void> effect) {
    if (!effect.isDone()) {
      CompletableFuture.anyOf(effect, stopping).exceptionally(_ -> null).join();
    }
  }

  private void crash(String how) {
    ended.accept(
        new GuestEnd(
            GuestEnd.Kind.CRASH,
            "%s %s at instruction 0x%x".formatted(vcpu, how, vcpu.instruction())));
    stopping.join();
  }
}
