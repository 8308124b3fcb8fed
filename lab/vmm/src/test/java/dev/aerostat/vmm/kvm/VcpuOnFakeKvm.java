package dev.aerostat.vmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.vmm.bus.Bus;
import dev.aerostat.vmm.bus.BusDevice;
import dev.aerostat.vmm.bus.GuestEnd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;

/** A vCPU and its thread on a KVM that leaves the guest for what a test chooses. */
abstract class VcpuOnFakeKvm {
  private static final long RUN = 0xae80L;
  static final int EINTR = 4;
  static final int PORT_DATA = 0x800;

  final Arena arena = Arena.ofShared();
  final MemorySegment area = arena.allocate(0x1000, 8);
  final FakeKvm kernel = new FakeKvm();

  /** What the next runs do; while there is none the guest runs until it is kicked. */
  final BlockingQueue<IntSupplier> runs = new LinkedBlockingQueue<>();

  final BlockingQueue<String> accesses = new LinkedBlockingQueue<>();
  final CompletableFuture<GuestEnd> ended = new CompletableFuture<>();
  final AtomicInteger pausesTold = new AtomicInteger();
  final FakeSignals signals = new FakeSignals();
  final Bus ports = new Bus();
  final Bus memory = new Bus();
  final Vcpu vcpu = new Vcpu(kernel, new Descriptor(kernel, FakeKvm.FILE), 0);
  final VcpuThread thread =
      new VcpuThread(vcpu, ports, memory, signals, end -> ended.complete(end));

  VcpuOnFakeKvm() throws KvmException {
    kernel.mapped = area;
    vcpu.setUp((int) area.byteSize(), new CpuidTable(List.of()));
    kernel.answers.put(RUN, _ -> run());
    kernel.answers.put(
        KvmConstants.KVMCLOCK_CTRL,
        _ -> {
          pausesTold.incrementAndGet();
          return 0;
        });
  }

  @AfterEach
  void stop() throws InterruptedException {
    thread.stop();
    assertTrue(thread.awaitStop());
    assertEquals(0, signals.pending(), "a signal that is left would end the process");
    vcpu.close();
    arena.close();
  }

  private int run() {
    IntSupplier run = runs.poll();
    return run == null ? signals.awaitKick(area) : run.getAsInt();
  }

  final class Recorder implements BusDevice {
    private final CompletableFuture<Void> effect;

    Recorder(CompletableFuture<Void> effect) {
      this.effect = effect;
    }

    @Override
    public long read(long offset, int width) {
      accesses.add("read %x:%d".formatted(offset, width));
      return 0x1122_3344_5566_7788L;
    }

    @Override
    public CompletableFuture<Void> write(long offset, int width, long value) {
      accesses.add("write %x:%d=%x".formatted(offset, width, value));
      return effect;
    }
  }

  int io(boolean out, int width, int port, int count, long data) {
    area.set(JAVA_BYTE, 32, (byte) (out ? 1 : 0));
    area.set(JAVA_BYTE, 33, (byte) width);
    area.set(JAVA_SHORT, 34, (short) port);
    area.set(JAVA_INT, 36, count);
    area.set(JAVA_LONG, 40, PORT_DATA);
    area.set(JAVA_LONG, PORT_DATA, data);
    return leave(RunArea.EXIT_IO);
  }

  int mmio(boolean write, long address, int width, long data) {
    area.set(JAVA_LONG, 32, address);
    area.set(JAVA_LONG, 40, data);
    area.set(JAVA_INT, 48, width);
    area.set(JAVA_BYTE, 52, (byte) (write ? 1 : 0));
    return leave(RunArea.EXIT_MMIO);
  }

  int leave(int reason) {
    area.set(JAVA_INT, 8, reason);
    return 0;
  }

  long dataAfterwards(int at) throws InterruptedException {
    var data = new LinkedBlockingQueue<Long>();
    runs.add(
        () -> {
          data.add(area.get(JAVA_LONG, at));
          return -EINTR;
        });
    thread.start();
    return data.take();
  }
}
