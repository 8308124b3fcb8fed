package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Calls that meet each other: within a few pages of the start and end of each IOVA range and of one
 * place between.
 */
final class RandomCalls {
  static final int MEMORY_PAGES = 64;

  private static final long PAGE = 4096;
  private static final int WINDOW = 12;
  private static final int LONGEST = 8;

  private final List<Long> places = new ArrayList<>();
  private final HostAddress memory;
  private final SplittableRandom random;

  RandomCalls(MapperLimits limits, GuestMemory memory, long seed) {
    this.memory = memory.region(0).hostAddress(0);
    this.random = new SplittableRandom(seed);
    places.add(16L << 20);
    for (IovaRange range : limits.iovaRanges()) {
      places.add(Math.max(0, range.start() - WINDOW / 2 * PAGE));
      places.add(range.end() - WINDOW / 2 * PAGE);
    }
  }

  Call next() {
    int dice = random.nextInt(100);
    if (dice == 0) {
      return new UnmapAll();
    }
    return dice < 60 ? new Map(iova(), host()) : new Unmap(iova());
  }

  private IovaRange iova() {
    long place = places.get(random.nextInt(places.size()));
    long start = place + random.nextInt(WINDOW) * PAGE;
    return IovaRange.ofLength(start, (1 + random.nextInt(LONGEST)) * PAGE);
  }

  /** Now and then memory that is not there, or that ends too early. */
  private HostAddress host() {
    return random.nextInt(20) == 0
        ? new HostAddress(0)
        : memory.plus(random.nextInt(MEMORY_PAGES) * PAGE);
  }

  sealed interface Call {
    long make(DmaMapper mapper) throws HostRefusedException;
  }

  record Map(IovaRange iova, HostAddress host) implements Call {
    @Override
    public long make(DmaMapper mapper) throws HostRefusedException {
      mapper.map(iova, host);
      return 0;
    }
  }

  record Unmap(IovaRange iova) implements Call {
    @Override
    public long make(DmaMapper mapper) throws HostRefusedException {
      return mapper.unmap(iova);
    }
  }

  record UnmapAll() implements Call {
    @Override
    public long make(DmaMapper mapper) throws HostRefusedException {
      return mapper.unmapAll();
    }
  }
}
