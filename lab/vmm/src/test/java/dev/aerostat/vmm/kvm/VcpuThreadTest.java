package dev.aerostat.vmm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.vmm.bus.BusDevice;
import dev.aerostat.vmm.bus.BusWindow;
import dev.aerostat.vmm.bus.GuestEnd;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A vCPU's thread on a KVM that leaves the guest for what the test chooses. */
@Timeout(60)
final class VcpuThreadTest extends VcpuOnFakeKvm {
  VcpuThreadTest() throws KvmException {}

  @Test
  void aReadOfAPortFindsWhatItsDeviceAnswers() throws InterruptedException {
    BusWindow _ = ports.add(0xcf8, 8, new Recorder(BusDevice.DONE));
    runs.add(() -> io(false, 2, 0xcfe, 1, -1L));
    assertEquals(0xffff_ffff_ffff_7788L, dataAfterwards(PORT_DATA), "no more than its width");
    assertEquals("read 6:2", accesses.take());
  }

  @Test
  void aStringInstructionWritesOneAfterTheOther() throws InterruptedException {
    BusWindow _ = ports.add(0x3f8, 8, new Recorder(BusDevice.DONE));
    runs.add(() -> io(true, 1, 0x3f8, 3, 0x636261));
    thread.start();
    assertEquals(
        List.of("write 0:1=61", "write 0:1=62", "write 0:1=63"),
        List.of(accesses.take(), accesses.take(), accesses.take()));
  }

  @Test
  void anAccessToMemoryReachesItsDevice() throws InterruptedException {
    BusWindow _ = memory.add(0xd000_0000L, 0x1000, new Recorder(BusDevice.DONE));
    runs.add(() -> mmio(true, 0xd000_0070L, 4, 0xffff_ffff_0000_000fL));
    runs.add(() -> mmio(false, 0xd000_0100L, 8, 0));
    assertEquals(0x1122_3344_5566_7788L, dataAfterwards(40));
    assertEquals(List.of("write 70:4=f", "read 100:8"), List.of(accesses.take(), accesses.take()));
  }

  @Test
  void theGuestGoesOnOnlyWhenItsWriteHasTakenEffect() throws InterruptedException {
    var effect = new CompletableFuture<Void>();
    BusWindow _ = memory.add(0, 0x1000, new Recorder(effect));
    var entered = new CompletableFuture<Boolean>();
    runs.add(() -> mmio(true, 0, 4, 0));
    runs.add(
        () -> {
          entered.complete(effect.isDone());
          return -EINTR;
        });
    thread.start();
    assertEquals("write 0:4=0", accesses.take());
    effect.complete(null);
    assertTrue(entered.join());
  }

  @Test
  void aWriteThatNeverTakesEffectDoesNotKeepTheThreadFromStopping() throws InterruptedException {
    BusWindow _ = memory.add(0, 0x1000, new Recorder(new CompletableFuture<>()));
    runs.add(() -> mmio(true, 0, 4, 0));
    thread.start();
    assertEquals("write 0:4=0", accesses.take());
    thread.stop();
    assertTrue(thread.awaitStop());
  }

  @Test
  void aGuestThatRunsWithoutEndIsStopped() throws InterruptedException {
    var entered = new CompletableFuture<Void>();
    runs.add(
        () -> {
          entered.complete(null);
          return signals.awaitKick(area);
        });
    thread.start();
    entered.join();
    thread.stop();
    assertTrue(thread.awaitStop());
    assertFalse(ended.isDone(), "nothing has gone wrong");
  }

  @Test
  void aThreadThatNeverStartedHasStopped() throws InterruptedException {
    thread.stop();
    assertTrue(thread.awaitStop());
  }

  @Test
  void aTripleFaultIsACrash() {
    runs.add(() -> leave(RunArea.EXIT_SHUTDOWN));
    thread.start();
    GuestEnd end = ended.join();
    assertEquals(GuestEnd.Kind.CRASH, end.kind());
    assertTrue(end.how().startsWith("vCPU 0 gave up"), end::how);
  }

  @Test
  void anUnknownReasonIsACrashThatNamesIt() {
    runs.add(() -> leave(99));
    thread.start();
    assertTrue(ended.join().how().contains("unknown reason 99"));
  }

  @Test
  void aRunThatKvmRefusesFailsTheVmmWithItsError() {
    runs.add(() -> -14);
    thread.start();
    GuestEnd end = ended.join();
    assertEquals(GuestEnd.Kind.FAILURE, end.kind());
    assertTrue(end.how().contains("EFAULT"), end::how);
  }

  @Test
  void aDeviceThatThrowsFailsTheVmm() {
    BusDevice broken =
        new BusDevice() {
          @Override
          public long read(long offset, int width) {
            throw new IllegalStateException("broken");
          }

          @Override
          public CompletableFuture<Void> write(long offset, int width, long value) {
            return DONE;
          }
        };
    BusWindow _ = ports.add(0x80, 1, broken);
    runs.add(() -> io(false, 1, 0x80, 1, 0));
    thread.start();
    assertTrue(ended.join().how().contains("broken"));
  }

  @Test
  void anInterruptedOrPostponedRunIsRepeated() throws InterruptedException {
    runs.add(() -> -11);
    runs.add(() -> -EINTR);
    runs.add(() -> leave(RunArea.EXIT_INTERRUPTED));
    assertEquals(0, dataAfterwards(PORT_DATA));
    assertFalse(ended.isDone());
  }
}
