package dev.aerostat.simulation;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.testkit.ForwardingMapper;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A mapper but for its map calls, which a test slows down, breaks or leaves out. */
final class MapperDecorator extends ForwardingMapper {
  private final MapCall call;
  private final AtomicInteger calls = new AtomicInteger();

  private MapperDecorator(DmaMapper mapper, MapCall call) {
    super(mapper);
    this.call = call;
  }

  /** What happens before a map. */
  interface MapCall {
    /**
     * Returns whether the mapper behind is called at all.
     *
     * @param nth which map call it is, from 1
     */
    boolean goesThrough(int nth);
  }

  static UnaryOperator<DmaMapper> with(MapCall call) {
    return mapper -> new MapperDecorator(mapper, call);
  }

  /** Waits, and then lets a call through. */
  static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    if (call.goesThrough(calls.incrementAndGet())) {
      super.map(iova, host);
    }
  }
}
