package dev.aerostat.balloon.virtio.device;

import static dev.aerostat.balloon.virtio.device.TestGuest.BUFFERS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.aerostat.balloon.virtio.BalloonSettings;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class DeviceAllocationTest {
  private static final int SIZE = 128;
  private static final int MESSAGES = 64;

  /** Passes nothing on, so that only what the device allocates is seen. */
  private static final class Silent implements IgnoredEvents, BalloonTransport {
    private final int[] tokens = new int[SIZE];
    private int waiting;
    private long pages;

    @Override
    public void inflated(long firstPage, long endPage, boolean descending) {
      pages += endPage - firstPage;
    }

    @Override
    public void deflated(int token, long firstPage, long endPage) {
      pages += endPage - firstPage;
    }

    @Override
    public void deflateEnd(int token, long count) {
      tokens[waiting++] = token;
    }

    @Override
    public void wake() {}

    @Override
    public void interruptQueue(int queue) {}

    @Override
    public void interruptConfig() {}
  }

  private final TestGuest driver = TestGuest.running(BalloonSettings.defaults());
  private final Silent silent = new Silent();

  @Test
  void aMessageInSteadyStateAllocatesNothing() {
    fillBuffers();
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 60 && least > 0; round++) {
      for (int i = 0; i < 40; i++) {
        offerAll();
        long before = threads.getCurrentThreadAllocatedBytes();
        turn();
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
    }
    // A turn of 128 messages; the JIT may still be at work in some, so the best one counts.
    assertTrue(silent.pages > 0);
    assertTrue(least == 0, least + " bytes were allocated by a turn");
  }

  private void turn() {
    boolean more = true;
    while (more) {
      more = driver.device.process(silent, TestGuest.BUDGET);
    }
    while (silent.waiting > 0) {
      driver.device.acknowledge(silent.tokens[--silent.waiting]);
    }
  }

  /** 2 MiB pages in short runs: 512, 1024, 1536, 512, ... and 4608 down to 4096. */
  private void fillBuffers() {
    for (int i = 0; i < 64; i++) {
      driver.memory.write(BUFFERS + 4L * i, 512L * (1 + i % 3), 4);
      driver.memory.write(BUFFERS + 256 + 4L * i, 4096 + 512L * (1 - i % 2), 4);
    }
  }

  private void offerAll() {
    for (int i = 0; i < MESSAGES; i++) {
      driver.inflate().offer(i, BUFFERS, 512);
      driver.deflate().offer(i, BUFFERS, 512);
    }
  }
}
