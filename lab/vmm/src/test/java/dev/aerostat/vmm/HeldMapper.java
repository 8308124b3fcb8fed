package dev.aerostat.vmm;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Progress;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.testkit.ForwardingMapper;
import java.util.concurrent.CountDownLatch;

/**
 * Maps nothing until the balloon is as large as asked: so that however slow the guest boots it
 * balloons all that it can.
 */
final class HeldMapper extends ForwardingMapper implements EngineListener {
  private final CountDownLatch inflated = new CountDownLatch(1);

  HeldMapper(DmaMapper mapper) {
    super(mapper);
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    try {
      inflated.await();
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
    super.map(iova, host);
  }

  @Override
  public void progressed(Progress progress) {
    if (progress.targetBytes() > 0 && progress.balloonedBytes() >= progress.targetBytes()) {
      release();
    }
  }

  void release() {
    inflated.countDown();
  }
}
