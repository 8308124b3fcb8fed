package dev.aerostat.engine;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.testkit.ForwardingMapper;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A mapper whose calls a test can hold up, or break as no plugin should. */
final class TestMapper extends ForwardingMapper {
  private final CountDownLatch firstMap = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger brokenMaps = new AtomicInteger();
  private final AtomicInteger callsUnderWay = new AtomicInteger();
  private volatile boolean held;
  private volatile boolean unmapBroken;
  private volatile boolean closeBroken;
  private volatile boolean closedUnderWay;

  TestMapper(DmaMapper mapper) {
    super(mapper);
  }

  /** From here on a map call waits until {@link #release}. */
  void hold() {
    held = true;
  }

  void release() {
    released.countDown();
  }

  void awaitFirstMap() throws InterruptedException {
    firstMap.await();
  }

  boolean isReleased() {
    return released.getCount() == 0;
  }

  /** The next maps throw what no mapper may throw. */
  void breakMaps(int count) {
    brokenMaps.set(count);
  }

  void breakUnmap() {
    unmapBroken = true;
  }

  void breakClose() {
    closeBroken = true;
  }

  /** Returns whether it was closed while a call was under way. */
  boolean wasClosedUnderWay() {
    return closedUnderWay;
  }

  @Override
  public void map(IovaRange iova, HostAddress address) throws HostRefusedException {
    callsUnderWay.incrementAndGet();
    try {
      firstMap.countDown();
      if (held) {
        awaitRelease();
      }
      if (brokenMaps.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IndexOutOfBoundsException("a bug in the plugin");
      }
      super.map(iova, address);
    } finally {
      callsUnderWay.decrementAndGet();
    }
  }

  private void awaitRelease() {
    try {
      released.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    if (unmapBroken) {
      throw new IllegalStateException("a bug in the plugin's unmapAll");
    }
    return super.unmapAll();
  }

  @Override
  public void close() {
    closedUnderWay |= callsUnderWay.get() > 0;
    super.close();
    if (closeBroken) {
      throw new IllegalStateException("a bug in the plugin's close");
    }
  }
}
