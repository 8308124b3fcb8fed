package dev.aerostat.vmm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.vmm.bus.BusDevice;
import dev.aerostat.vmm.bus.BusWindow;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A vCPU whose guest is kept from running for a while. */
@Timeout(60)
final class VcpuPauseTest extends VcpuOnFakeKvm {
  VcpuPauseTest() throws KvmException {}

  @Test
  void aPausedGuestRunsAgainWhenThePauseIsOver() {
    var until = new CompletableFuture<Void>();
    var before = new CompletableFuture<Void>();
    var after = new CompletableFuture<Boolean>();
    runs.add(
        () -> {
          before.complete(null);
          int result = signals.awaitKick(area);
          runs.add(
              () -> {
                after.complete(until.isDone());
                return -EINTR;
              });
          return result;
        });
    thread.start();
    before.join();
    thread.pause(until);
    assertFalse(after.isDone());
    assertEquals(0, pausesTold.get());
    until.complete(null);
    assertTrue(after.join());
    assertEquals(1, pausesTold.get(), "the guest hears of it before it runs");
  }

  @Test
  void aPauseThatIsOverAtOnceIsNoneThatTheGuestStaysIn() throws InterruptedException {
    thread.pause(BusDevice.DONE);
    assertEquals(0, dataAfterwards(PORT_DATA));
  }

  @Test
  void aGuestWhoseWriteIsHeldThroughAPauseHearsOfIt() throws InterruptedException {
    var opening = new CompletableFuture<Void>();
    var told = new LinkedBlockingQueue<Integer>();
    BusWindow _ = memory.add(0, 0x1000, new Recorder(opening));
    runs.add(() -> mmio(true, 0, 4, 0));
    runs.add(
        () -> {
          told.add(pausesTold.get());
          return -EINTR;
        });
    thread.start();
    assertEquals("write 0:4=0", accesses.take());
    thread.pause(opening);
    opening.complete(null);
    assertEquals(1, told.take());
  }

  @Test
  void aLaterPauseThatComesWhenTheEarlierOneEndsIsNotLost() throws InterruptedException {
    var first = new CompletableFuture<Void>();
    var second = new CompletableFuture<Void>();
    kernel.answers.put(
        KvmConstants.KVMCLOCK_CTRL,
        _ -> {
          if (pausesTold.incrementAndGet() == 1) {
            thread.pause(second);
            second.completeOnTimeout(null, 50, TimeUnit.MILLISECONDS);
          }
          return 0;
        });
    thread.pause(first);
    var runsAgain = new LinkedBlockingQueue<Boolean>();
    runs.add(
        () -> {
          runsAgain.add(second.isDone());
          return -EINTR;
        });
    thread.start();
    first.complete(null);
    assertTrue(runsAgain.take());
  }

  @Test
  void ofSeveralPausesAllMustBeOver() throws InterruptedException {
    var first = new CompletableFuture<Void>();
    thread.pause(first);
    thread.pause(BusDevice.DONE);
    var allWereOver = new LinkedBlockingQueue<Boolean>();
    runs.add(
        () -> {
          allWereOver.add(first.isDone());
          return -EINTR;
        });
    thread.start();
    first.completeOnTimeout(null, 50, TimeUnit.MILLISECONDS);
    assertTrue(allWereOver.take());
  }

  @Test
  void aPausedGuestCanBeStopped() throws InterruptedException {
    thread.start();
    thread.pause(new CompletableFuture<>());
    thread.stop();
    assertTrue(thread.awaitStop());
  }
}
