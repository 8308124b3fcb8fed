package dev.aerostat.mapper.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.testkit.PacedMapper;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The testkit's mapper that stands still where a test wants it to. */
@Timeout(60)
final class PacedMapperTest {
  private static final long MIB = 1 << 20;
  private static final HostAddress MEMORY = new HostAddress(0x4000_0000);

  private final CountingMapper real = new CountingMapper();
  private final PacedMapper mapper = new PacedMapper(real);
  private Thread worker = Thread.currentThread();

  @AfterEach
  void close() {
    mapper.close();
    assertTrue(real.closed);
  }

  @Test
  void itMapsUntilTheStopIsReachedAndGoesOnWhenReleased() throws HostRefusedException {
    mapper.holdFrom(3 * MIB);
    mapper.map(at(0, 2 * MIB), MEMORY);
    mapper.map(at(2 * MIB, 2 * MIB), MEMORY);
    assertTrue(mapper.holding());
    CompletableFuture<Void> held = mapOnAWorker();
    assertEquals(4 * MIB, mapper.mappedBytes());
    mapper.release();
    Void _ = held.join();
    assertEquals(5 * MIB, mapper.mappedBytes());
    assertEquals(5 * MIB, real.bytes);
  }

  @Test
  void aSecondStopHoldsAtOnceAndOnlyMapsWait() throws HostRefusedException {
    mapper.map(at(0, MIB), MEMORY);
    mapper.holdFrom(0);
    CompletableFuture<Void> held = mapOnAWorker();
    assertEquals(MIB, mapper.unmap(at(0, MIB)));
    mapper.holdFrom(MIB);
    Void _ = held.join();
    assertTrue(mapper.holding());
    assertEquals(MIB, mapper.unmapAll());
    assertFalse(mapper.holding());
  }

  @Test
  void whatTheOtherRefusesDoesNotCount() {
    real.refuses = true;
    var _ = assertThrows(HostRefusedException.class, () -> mapper.map(at(0, MIB), MEMORY));
    assertEquals(0, mapper.mappedBytes());
  }

  @Test
  void aWaitThatIsInterruptedIsARefusalThatChangesNothing() {
    mapper.holdFrom(0);
    CompletableFuture<Void> held = mapOnAWorker();
    worker.interrupt();
    var failure = assertThrows(CompletionException.class, held::join);
    var _ = assertInstanceOf(HostRefusedException.class, failure.getCause());
    assertEquals(0, mapper.mappedBytes());
    assertEquals(0, real.bytes);
  }

  @Test
  void closingReleasesWhatWaits() {
    mapper.holdFrom(0);
    CompletableFuture<Void> held = mapOnAWorker();
    mapper.close();
    Void _ = held.join();
  }

  /** Returns once it waits. */
  private CompletableFuture<Void> mapOnAWorker() {
    var mapped = new CompletableFuture<Void>();
    worker =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    mapper.map(at(8 * MIB, MIB), MEMORY);
                    mapped.complete(null);
                  } catch (HostRefusedException refusal) {
                    mapped.completeExceptionally(refusal);
                  }
                });
    while (worker.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return mapped;
  }

  private static IovaRange at(long start, long bytes) {
    return IovaRange.ofLength(start, bytes);
  }

  private static final class CountingMapper implements DmaMapper {
    private volatile long bytes;
    private boolean refuses;
    private boolean closed;

    @Override
    public MapperLimits limits() {
      throw new AssertionError("not asked");
    }

    @Override
    public HostMemory hostMemory() {
      throw new AssertionError("not asked");
    }

    @Override
    public synchronized void map(IovaRange iova, HostAddress host) throws HostRefusedException {
      if (refuses) {
        throw new HostRefusedException(
            HostOperation.MAP,
            iova.start(),
            iova.length(),
            Errno.ENOMEM,
            new RefusalCause.Other("refused"),
            HostRefusedException.State.UNCHANGED);
      }
      bytes += iova.length();
    }

    @Override
    public synchronized long unmap(IovaRange iova) {
      bytes -= iova.length();
      return iova.length();
    }

    @Override
    public synchronized long unmapAll() {
      long all = bytes;
      bytes = 0;
      return all;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
