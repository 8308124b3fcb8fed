package dev.aerostat.memory.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A descriptor that is closed never stands for another file. */
final class DescriptorTest {
  private static final long FIONREAD = 0x541b;
  private static final long SECONDS = 60;

  private final SystemCalls calls = SystemCalls.libc();
  @TempDir private Path directory = Path.of("");

  @Test
  void aClosedOneRefusesEveryCallThoughItsNumberIsAnotherFiles() throws IOException {
    Path bystander = Files.write(directory.resolve("bystander"), new byte[4096]);
    Descriptor closed = open(Files.createFile(directory.resolve("file")));
    int number = closed.number();
    closed.close();
    try (Arena arena = Arena.ofConfined();
        Descriptor other = open(bystander)) {
      assertEquals(number, other.number(), "the kernel gives the lowest free number");
      MemorySegment word = arena.allocateFrom(ValueLayout.JAVA_LONG, -1L);
      List<Executable> uses =
          List.of(
              closed::number,
              () -> closed.ioctl(FIONREAD, 0),
              () -> closed.ioctl(FIONREAD, word),
              () -> closed.pread(word, 0),
              () -> closed.pwrite(word, 0),
              () -> closed.mmap(4096, LinuxConstants.PROT_READ, LinuxConstants.MAP_SHARED, 0));
      for (Executable use : uses) {
        var refusal = assertThrows(IllegalStateException.class, use);
        assertTrue(refusal.toString().contains(": file is closed"), refusal::toString);
      }
      closed.close();
      assertEquals(8, other.pread(word, 0), "still open");
      assertEquals(0, word.get(ValueLayout.JAVA_LONG, 0), "and as it was");
    }
  }

  @Test
  void itIsClosedOnceTheCallUnderWayHasReturned() throws Exception {
    var kernel = new SlowKernel(calls);
    var file = new Descriptor(kernel, 0, "file");
    Thread reader = Thread.ofPlatform().start(() -> file.pread(MemorySegment.NULL, 0));
    assertTrue(kernel.reading.await(SECONDS, TimeUnit.SECONDS));
    Thread closer = Thread.ofPlatform().start(file::close);
    while (closer.getState() != Thread.State.WAITING && closer.isAlive()) {
      Thread.onSpinWait();
    }
    assertEquals(0, kernel.closes.get(), "closed under a call");
    kernel.answer.countDown();
    reader.join();
    closer.join();
    assertEquals(1, kernel.closes.get());
  }

  /** Whoever closes and whoever uses, no call is made after the close, of which there is one. */
  @Test
  void noCallFollowsACloseOnAnotherThread() throws Exception {
    for (int round = 0; round < 200; round++) {
      var kernel = new CountingKernel(calls);
      var file = new Descriptor(kernel, 0, "file");
      List<Thread> threads =
          List.of(
              Thread.ofPlatform().start(() -> useUntilClosed(file)),
              Thread.ofPlatform().start(() -> useUntilClosed(file)),
              Thread.ofPlatform().start(file::close),
              Thread.ofPlatform().start(file::close));
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(1, kernel.closes.get());
      assertEquals(0, kernel.late.get(), "calls after the close");
    }
  }

  private static void useUntilClosed(Descriptor file) {
    try {
      while (true) {
        int _ = file.ioctl(FIONREAD, 0);
      }
    } catch (IllegalStateException closed) {
      // As it must be.
    }
  }

  private Descriptor open(Path path) {
    int number = calls.open(path.toString(), LinuxConstants.O_RDWR);
    return new Descriptor(calls, number, path.getFileName().toString());
  }

  private static final class SlowKernel extends ForwardingCalls {
    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger closes = new AtomicInteger();

    private SlowKernel(SystemCalls calls) {
      super(calls);
    }

    @Override
    public long pread(int descriptor, MemorySegment buffer, long offset) {
      reading.countDown();
      try {
        return answer.await(SECONDS, TimeUnit.SECONDS) ? 0 : -1;
      } catch (InterruptedException interrupt) {
        throw new AssertionError(interrupt);
      }
    }

    @Override
    public int close(int descriptor) {
      return closes.incrementAndGet();
    }
  }

  private static final class CountingKernel extends ForwardingCalls {
    private final AtomicInteger closes = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();

    private CountingKernel(SystemCalls calls) {
      super(calls);
    }

    @Override
    public int ioctl(int descriptor, long request, long argument) {
      return closes.get() == 0 ? 0 : late.incrementAndGet();
    }

    @Override
    public int close(int descriptor) {
      return closes.incrementAndGet();
    }
  }
}
