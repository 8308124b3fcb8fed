package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.contract.MapperClause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.ForwardingMapper;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** A mapper with one rule broken, and the clause of the contract that must notice. */
enum Weakness {
  MISCOUNTS_BYTES(MapperClause.WHAT_WAS_MAPPED_CAN_BE_UNMAPPED) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(typical(memory)) {
        @Override
        public long unmap(IovaRange iova) throws HostRefusedException {
          return super.unmap(iova) / 2;
        }
      };
    }
  },
  ONLY_SAYS_IT_UNMAPPED(MapperClause.WHAT_WAS_UNMAPPED_CAN_BE_MAPPED_AGAIN) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(typical(memory)) {
        @Override
        public long unmap(IovaRange iova) {
          return iova.length();
        }
      };
    }
  },
  ALLOWS_A_REPEAT(MapperClause.A_MAP_THAT_REPEATS_ANOTHER_IS_REFUSED) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return allowingOverlap(memory, (existing, asked) -> existing.equals(asked));
    }
  },
  ALLOWS_AN_OVERLAP(
      MapperClause.A_MAP_THAT_OVERLAPS_ANOTHER_ANYWHERE_IS_REFUSED_AND_CHANGES_NOTHING) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return allowingOverlap(memory, (existing, asked) -> asked.encloses(existing));
    }
  },
  ALLOWS_A_LATE_OVERLAP(MapperClause.ANY_MAPS_AND_UNMAPS_DO_WHAT_A_SORTED_MAP_OF_MAPPINGS_DOES) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      var maps = new AtomicLong();
      return allowingOverlap(memory, (_, _) -> maps.incrementAndGet() > 5);
    }
  },
  MAPS_A_PAGE_TOO_MUCH(MapperClause.MAPPINGS_MAY_TOUCH) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(typical(memory)) {
        @Override
        public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
          super.map(new IovaRange(iova.start(), iova.end() + 4096), host);
        }
      };
    }
  },
  MAPS_MEMORY_ONLY_ONCE(MapperClause.THE_SAME_MEMORY_MAY_BE_MAPPED_AT_TWO_ADDRESSES) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      var host = SimulatedHost.typical().withMemlock(6 * 4096);
      return SimulatedMapper.open(host, MapperRequest.of(memory));
    }
  },
  CUTS_A_MAPPING(MapperClause.AN_UNMAP_THAT_CUTS_A_MAPPING_IS_REFUSED_AND_THE_MAPPING_STAYS_WHOLE) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(typical(memory)) {
        @Override
        public long unmap(IovaRange iova) throws HostRefusedException {
          try {
            return super.unmap(iova);
          } catch (HostRefusedException refusal) {
            return iova.length();
          }
        }
      };
    }
  },
  UNMAPS_BEFORE_IT_REFUSES(MapperClause.A_REFUSAL_SAYS_UNCHANGED_ONLY_IF_NOTHING_CHANGED) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(open(memory, host -> host.withRules(KernelRules.IOMMUFD))) {
        @Override
        public long unmap(IovaRange iova) throws HostRefusedException {
          try {
            return super.unmap(iova);
          } catch (HostRefusedException refusal) {
            throw new HostRefusedException(
                refusal.operation(),
                iova.start(),
                iova.length(),
                refusal.errno(),
                refusal.reason(),
                HostRefusedException.State.UNCHANGED);
          }
        }
      };
    }
  },
  STOPS_AT_A_GAP(MapperClause.ONE_UNMAP_TAKES_AWAY_MANY_WHOLE_MAPPINGS_AND_PASSES_OVER_GAPS) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(typical(memory)) {
        @Override
        public long unmap(IovaRange iova) throws HostRefusedException {
          long whole = super.unmap(iova);
          return whole == iova.length() ? whole : Math.min(whole, 4096);
        }
      };
    }
  },
  MINDS_AN_EMPTY_UNMAP(MapperClause.UNMAP_OF_WHAT_IS_NOT_MAPPED_DOES_WHAT_THE_HOST_DOES) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return open(memory, host -> host.withRules(KernelRules.IOMMUFD));
    }
  },
  FORGETS_TO_UNMAP_ALL(MapperClause.UNMAP_ALL_TAKES_AWAY_EVERYTHING_AND_MAY_FIND_NOTHING) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      var simulated = typical(memory);
      return new ForwardingMapper(simulated) {
        @Override
        public long unmapAll() {
          return simulated.mappedBytes();
        }
      };
    }
  },
  TRANSLATES_HOLES(MapperClause.ADDRESSES_THAT_CANNOT_BE_TRANSLATED_ARE_REFUSED) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      var everything = List.of(new IovaRange(0, 1L << 52));
      return new ForwardingMapper(open(memory, host -> host.withIovaRanges(everything))) {
        @Override
        public MapperLimits limits() {
          var claimed = SimulatedHost.typical().iovaRanges();
          return new MapperLimits(4096, super.limits().entriesLeft(), claimed, false);
        }
      };
    }
  },
  IGNORES_ALIGNMENT(MapperClause.ADDRESSES_BETWEEN_THE_SMALLEST_PAGES_ARE_REFUSED) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(typical(memory)) {
        @Override
        public MapperLimits limits() {
          var real = super.limits();
          return new MapperLimits(0x10000, real.entriesLeft(), real.iovaRanges(), false);
        }
      };
    }
  },
  FORGETS_TO_ROLL_BACK(MapperClause.A_MAP_THAT_FAILS_IS_ROLLED_BACK_WHOLE) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      HostAddress good = memory.region(0).hostAddress(memory.region(0).range().start());
      return new ForwardingMapper(typical(memory)) {
        @Override
        public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
          try {
            super.map(iova, host);
          } catch (HostRefusedException refusal) {
            if (refusal.reason() instanceof RefusalCause.BadHostAddress) {
              super.map(iova, good);
            }
            throw refusal;
          }
        }
      };
    }
  },
  LEAKS_ENTRIES(MapperClause.EACH_MAPPING_TAKES_ONE_ENTRY_AND_GIVES_IT_BACK) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      var lost = new AtomicLong();
      return new ForwardingMapper(typical(memory)) {
        @Override
        public long unmap(IovaRange iova) throws HostRefusedException {
          lost.incrementAndGet();
          return super.unmap(iova);
        }

        @Override
        public MapperLimits limits() {
          return withEntriesLeft(super.limits(), super.limits().entriesLeft() - lost.get());
        }
      };
    }
  },
  EXCEEDS_ITS_LIMIT(MapperClause.AS_MANY_MAPPINGS_FIT_AS_THE_LIMIT_SAYS_AND_NOT_ONE_MORE) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(typical(memory)) {
        @Override
        public MapperLimits limits() {
          return withEntriesLeft(super.limits(), Math.max(0, super.limits().entriesLeft() - 1));
        }
      };
    }
  },
  ZEROES_POPULATED_MEMORY(MapperClause.POPULATED_MEMORY_KEEPS_ITS_CONTENT_AND_CAN_BE_MAPPED) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(typical(memory)) {
        @Override
        public HostMemory hostMemory() {
          memory.region(0).segment().fill((byte) 0);
          return super.hostMemory();
        }
      };
    }
  },
  LOSES_MAPS_OF_OTHER_THREADS(MapperClause.MAPS_FROM_MANY_THREADS_ALL_HAPPEN) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      Thread opener = Thread.currentThread();
      return new ForwardingMapper(typical(memory)) {
        @Override
        public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
          if (Thread.currentThread().equals(opener)) {
            super.map(iova, host);
          }
        }
      };
    }
  },
  LETS_TWO_THREADS_MAP_ONE_RANGE(
      MapperClause.OF_MANY_MAPS_OF_ONE_RANGE_AT_A_TIME_EXACTLY_ONE_HAPPENS) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      Thread opener = Thread.currentThread();
      return allowingOverlap(memory, (_, _) -> !Thread.currentThread().equals(opener));
    }
  },
  CLOSES_ONLY_ONCE(MapperClause.CLOSING_TWICE_IS_CLOSING_ONCE) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      var closed = new AtomicLong();
      return new ForwardingMapper(typical(memory)) {
        @Override
        public void close() {
          super.close();
          if (closed.incrementAndGet() == 2) {
            throw new IllegalStateException("closed already");
          }
        }
      };
    }
  },
  WORKS_WHEN_CLOSED(MapperClause.A_CLOSED_MAPPER_REFUSES_TO_WORK) {
    @Override
    DmaMapper weaken(GuestMemory memory) {
      return new ForwardingMapper(typical(memory)) {
        @Override
        public void close() {}
      };
    }
  };

  private final MapperClause broken;

  Weakness(MapperClause broken) {
    this.broken = broken;
  }

  /** The clause of the contract that this must fail. */
  MapperClause broken() {
    return broken;
  }

  abstract DmaMapper weaken(GuestMemory memory);

  private static SimulatedMapper typical(GuestMemory memory) {
    return open(memory, host -> host);
  }

  private static SimulatedMapper open(GuestMemory memory, UnaryOperator<SimulatedHost> change) {
    return SimulatedMapper.open(
        change.apply(SimulatedHost.typical().withDmaEntryLimit(100)), MapperRequest.of(memory));
  }

  private static MapperLimits withEntriesLeft(MapperLimits limits, long entries) {
    return new MapperLimits(
        limits.pageSizes(), entries, limits.iovaRanges(), limits.concurrentMaps());
  }

  private static DmaMapper allowingOverlap(GuestMemory memory, Allowed allowed) {
    return new ForwardingMapper(typical(memory)) {
      @Override
      public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
        try {
          super.map(iova, host);
        } catch (HostRefusedException refusal) {
          if (!(refusal.reason() instanceof RefusalCause.Overlap(IovaRange existing)
              && allowed.allows(existing, iova))) {
            throw refusal;
          }
        }
      }
    };
  }

  private interface Allowed {
    boolean allows(IovaRange existing, IovaRange asked);
  }
}
