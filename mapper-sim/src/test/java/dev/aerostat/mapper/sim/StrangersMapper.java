package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.HostRefusedException.State;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.contract.MapperClause;
import dev.aerostat.mapper.spi.MapperLimits;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** Mappers that strangers could have written, each wrong, and the clause that catches it. */
enum StrangersMapper {
  MAPS_OTHER_MEMORY(
      MapperClause.A_DEVICE_SEES_THE_MEMORY_THAT_WAS_MAPPED_FROM_THE_MOMENT_MAP_RETURNS,
      memory ->
          new PageTableMapper(memory) {
            @Override
            void enter(IovaRange iova, MemorySegment bytes) {
              super.enter(iova, memory.region(0).segment().asSlice(0, iova.length()));
            }
          }),
  KEEPS_OLD_TRANSLATIONS(
      MapperClause.A_DEVICE_SEES_THE_MEMORY_THAT_WAS_MAPPED_FROM_THE_MOMENT_MAP_RETURNS,
      memory ->
          new PageTableMapper(memory) {
            private final TreeMap<Long, MemorySegment> cached = new TreeMap<>();

            @Override
            void enter(IovaRange iova, MemorySegment bytes) {
              super.enter(iova, cached.computeIfAbsent(iova.start(), _ -> bytes));
            }
          }),
  MAPS_A_LITTLE_LATER(
      MapperClause.A_DEVICE_SEES_THE_MEMORY_THAT_WAS_MAPPED_FROM_THE_MOMENT_MAP_RETURNS,
      memory ->
          new PageTableMapper(memory) {
            private long readable;

            @Override
            void enter(IovaRange iova, MemorySegment bytes) {
              super.enter(iova, bytes);
              readable = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
            }

            @Override
            synchronized OptionalLong read(long iova) {
              return System.nanoTime() - readable < 0 ? OptionalLong.empty() : super.read(iova);
            }
          }),
  IGNORES_THE_MEMORY_OF_RANDOM_CALLS(
      MapperClause.ANY_MAPS_AND_UNMAPS_DO_WHAT_A_SORTED_MAP_OF_MAPPINGS_DOES,
      memory ->
          new PageTableMapper(memory) {
            @Override
            void enter(IovaRange iova, MemorySegment bytes) {
              long offset = iova.start() - memory.region(0).range().start();
              super.enter(iova, memory.region(0).segment().asSlice(offset, iova.length()));
            }
          }),
  CUTS_ADDRESSES_TO_32_BITS(
      MapperClause.ADDRESSES_THAT_DIFFER_ABOVE_4_GIB_ARE_DIFFERENT, memory -> new Cut(memory, 32)),
  CUTS_ADDRESSES_TO_40_BITS(
      MapperClause.ADDRESSES_THAT_DIFFER_ABOVE_4_GIB_ARE_DIFFERENT, memory -> new Cut(memory, 40)),
  UNMAPS_AN_INT_OF_BYTES(
      MapperClause.AN_UNMAP_OF_GIGABYTES_TAKES_AWAY_ALL_THAT_LIES_IN_THEM,
      memory ->
          new PageTableMapper(memory) {
            @Override
            public synchronized long unmap(IovaRange iova) throws HostRefusedException {
              int length = (int) iova.length();
              return length <= 0 ? 0 : super.unmap(IovaRange.ofLength(iova.start(), length));
            }
          }),
  MAPS_AN_INT_OF_BYTES(
      MapperClause.A_MAP_OF_MORE_MEMORY_THAN_THERE_IS_IS_REFUSED_WHOLE,
      memory ->
          new PageTableMapper(memory) {
            @Override
            public synchronized void map(IovaRange iova, HostAddress host)
                throws HostRefusedException {
              int length = (int) iova.length();
              super.map(IovaRange.ofLength(iova.start(), length), host);
            }
          }),
  SUMS_IN_AN_INT(
      MapperClause.MAPPINGS_OF_MORE_THAN_2_GIB_ARE_COUNTED_TO_THE_BYTE,
      memory ->
          new PageTableMapper(memory) {
            @Override
            public synchronized long unmapAll() {
              return (int) super.unmapAll();
            }
          }),
  LOSES_THE_OLDEST_OF_65_536(
      MapperClause.MAPPINGS_STAY_HOWEVER_MANY_THERE_ARE, memory -> new Bounded(memory, 65_536)),
  LOSES_THE_OLDEST_OF_100_000(
      MapperClause.MAPPINGS_STAY_HOWEVER_MANY_THERE_ARE, memory -> new Bounded(memory, 100_000)),
  LOSES_A_MAP_BESIDE_AN_UNMAP(
      MapperClause.MAPS_AND_UNMAPS_BESIDE_ONE_ANOTHER_LOSE_NOTHING, Unlocked::new),
  POPULATES_NOTHING(
      MapperClause.MEMORY_THAT_IS_NOT_THERE_IS_NOT_POPULATED,
      memory ->
          new PageTableMapper(memory) {
            @Override
            public void populate(HostAddress start, long bytes) {}
          }),
  LEAVES_POPULATING_TO_THE_MAP(
      MapperClause.A_MAP_FINDS_POPULATED_MEMORY_THERE,
      memory ->
          new PageTableMapper(memory) {
            @Override
            public void populate(HostAddress start, long bytes) {}

            @Override
            public synchronized void map(IovaRange iova, HostAddress host)
                throws HostRefusedException {
              super.map(iova, host);
              super.populate(host, iova.length());
            }
          }),
  LEAVES_MAPPINGS_BEHIND(
      MapperClause.A_CLOSED_MAPPER_LEAVES_NOTHING_BEHIND,
      memory ->
          new PageTableMapper(memory) {
            private boolean shut;

            @Override
            public synchronized void close() {
              shut = true;
            }

            @Override
            void requireOpen() {
              if (shut) {
                throw new IllegalStateException("closed");
              }
            }
          }),
  LEAKS_ENTRIES_OF_THE_HOST(
      MapperClause.A_CLOSED_MAPPER_LEAVES_NOTHING_BEHIND,
      new Function<>() {
        private final AtomicLong left = new AtomicLong(1L << 20);

        @Override
        public PageTableMapper apply(GuestMemory memory) {
          return new PageTableMapper(memory) {
            @Override
            void enter(IovaRange iova, MemorySegment bytes) {
              left.decrementAndGet();
              super.enter(iova, bytes);
            }

            @Override
            public synchronized MapperLimits limits() {
              return new MapperLimits(4096, left.get(), ADDRESSES, false);
            }
          };
        }
      }),
  CLOSES_WHILE_IT_MAPS(
      MapperClause.A_CLOSE_WAITS_FOR_MAPS_UNDER_WAY,
      memory ->
          new PageTableMapper(memory) {
            private volatile boolean shut;

            @Override
            public synchronized void map(IovaRange iova, HostAddress host)
                throws HostRefusedException {
              requireOpen();
              long done = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
              while (System.nanoTime() - done < 0) {
                LockSupport.parkNanos(done - System.nanoTime());
              }
              enter(iova, find(host, iova.length()).orElseThrow());
            }

            @Override
            @SuppressWarnings("UnsynchronizedOverridesSynchronized") // That is the mistake.
            public void close() {
              shut = true;
            }

            @Override
            void requireOpen() {
              if (shut) {
                throw new IllegalStateException("closed");
              }
            }
          }),
  LIES_ABOUT_THE_ADDRESS(
      MapperClause.A_MAP_THAT_REPEATS_ANOTHER_IS_REFUSED,
      memory -> new Liar(memory, 1, 0, State.UNCHANGED)),
  LIES_ABOUT_THE_LENGTH(
      MapperClause.A_MAP_THAT_REPEATS_ANOTHER_IS_REFUSED,
      memory -> new Liar(memory, 0, 4096, State.UNCHANGED)),
  SAYS_THAT_ALL_IS_LOST(
      MapperClause.A_MAP_THAT_REPEATS_ANOTHER_IS_REFUSED,
      memory -> new Liar(memory, 0, 0, State.LOST)),
  SAYS_THAT_A_PART_IS_GONE(
      MapperClause.AN_UNMAP_THAT_CUTS_A_MAPPING_IS_REFUSED_AND_THE_MAPPING_STAYS_WHOLE,
      memory -> new Liar(memory, 0, 0, State.PARTIAL));

  private final MapperClause broken;

  @SuppressWarnings("ImmutableEnumChecker") // What one of them shares is what is wrong with it.
  private final Function<GuestMemory, PageTableMapper> maker;

  StrangersMapper(MapperClause broken, Function<GuestMemory, PageTableMapper> maker) {
    this.broken = broken;
    this.maker = maker;
  }

  /** The clause of the contract that this must fail. */
  MapperClause broken() {
    return broken;
  }

  PageTableMapper open(GuestMemory memory) {
    return maker.apply(memory);
  }

  /** Has so many bits for an address. */
  private static final class Cut extends PageTableMapper {
    private final long mask;

    private Cut(GuestMemory memory, int bits) {
      super(memory);
      this.mask = (1L << bits) - 1;
    }

    @Override
    public synchronized void map(IovaRange iova, HostAddress host) throws HostRefusedException {
      super.map(cut(iova), host);
    }

    @Override
    public synchronized long unmap(IovaRange iova) throws HostRefusedException {
      return super.unmap(cut(iova));
    }

    @Override
    synchronized OptionalLong read(long iova) {
      return super.read(iova & mask);
    }

    private IovaRange cut(IovaRange iova) {
      return IovaRange.ofLength(iova.start() & mask, iova.length());
    }
  }

  /** Drops the lowest mapping for each that is too many. */
  private static final class Bounded extends PageTableMapper {
    private final int most;

    private Bounded(GuestMemory memory, int most) {
      super(memory);
      this.most = most;
    }

    @Override
    void enter(IovaRange iova, MemorySegment bytes) {
      if (table.size() == most) {
        table.pollFirstEntry();
      }
      super.enter(iova, bytes);
    }
  }

  /** Copies its table for an unmap, and puts the copy back whatever was mapped meanwhile. */
  private static final class Unlocked extends PageTableMapper {
    private Unlocked(GuestMemory memory) {
      super(memory);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // That is the mistake.
    public long unmap(IovaRange iova) throws HostRefusedException {
      List<Entry> kept;
      long bytes;
      synchronized (this) {
        kept = new ArrayList<>(table.values());
        bytes = touching(iova).stream().mapToLong(entry -> entry.iova().length()).sum();
      }
      kept.removeIf(entry -> iova.overlaps(entry.iova()));
      synchronized (this) {
        table.clear();
        kept.forEach(entry -> table.put(entry.iova().start(), entry));
      }
      return bytes;
    }
  }

  /** Refuses rightly, and says something else. */
  private static final class Liar extends PageTableMapper {
    private final long pagesOff;
    private final long bytesMore;
    private final State state;

    private Liar(GuestMemory memory, long pagesOff, long bytesMore, State state) {
      super(memory);
      this.pagesOff = pagesOff;
      this.bytesMore = bytesMore;
      this.state = state;
    }

    @Override
    HostRefusedException refusal(
        HostOperation operation, IovaRange iova, int errno, RefusalCause cause) {
      boolean lies = operation == HostOperation.UNMAP || state != State.PARTIAL;
      return new HostRefusedException(
          operation,
          iova.start() + 4096 * pagesOff,
          iova.length() + bytesMore,
          errno,
          cause,
          lies ? state : State.UNCHANGED);
    }
  }
}
