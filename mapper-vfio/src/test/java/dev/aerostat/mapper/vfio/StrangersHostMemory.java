package dev.aerostat.mapper.vfio;

import static dev.aerostat.mapper.contract.HostMemoryClause.DISCARDED_MEMORY_CAN_BE_WRITTEN_POPULATED_AND_DISCARDED_AGAIN;
import static dev.aerostat.mapper.contract.HostMemoryClause.DISCARDED_MEMORY_IS_THERE_NO_LONGER;
import static dev.aerostat.mapper.contract.HostMemoryClause.DISCARDED_MEMORY_READS_AS_ZEROS_AND_ITS_NEIGHBOURS_ARE_UNTOUCHED;
import static dev.aerostat.mapper.contract.HostMemoryClause.FRESH_MEMORY_IS_THERE_ONCE_POPULATED;
import static dev.aerostat.mapper.contract.HostMemoryClause.LENGTHS_BEYOND_32_BITS_ARE_DISCARDED_WHOLE;
import static dev.aerostat.mapper.contract.HostMemoryClause.MEMORY_THAT_THIS_PROCESS_DOES_NOT_HAVE_IS_REFUSED;
import static dev.aerostat.mapper.contract.HostMemoryClause.POPULATED_MEMORY_KEEPS_ITS_CONTENT;
import static dev.aerostat.mapper.contract.HostMemoryClause.POPULATED_MEMORY_KEEPS_WHAT_IS_WRITTEN_MEANWHILE;
import static dev.aerostat.mapper.contract.HostMemoryClause.THREADS_POPULATE_AND_DISCARD_SIDE_BY_SIDE;
import static dev.aerostat.mapper.contract.HostMemoryClause.WHAT_IS_NOT_THERE_YET_MAY_BE_DISCARDED;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Pages;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.contract.HostMemoryClause;
import dev.aerostat.memory.linux.LinuxHostMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Host memories that strangers might write, each wrong in one way, and what catches it. */
enum StrangersHostMemory {
  POPULATE_DOES_NOTHING(FRESH_MEMORY_IS_THERE_ONCE_POPULATED) {
    @Override
    void populate(Call call) {}
  },
  POPULATES_THE_FIRST_PAGE_ONLY(FRESH_MEMORY_IS_THERE_ONCE_POPULATED) {
    @Override
    void populate(Call call) throws HostRefusedException {
      LINUX.populate(call.start(), Pages.SIZE);
    }
  },
  POPULATES_BY_ZEROS(POPULATED_MEMORY_KEEPS_ITS_CONTENT) {
    @Override
    void populate(Call call) throws HostRefusedException {
      LINUX.populate(call.start(), call.bytes());
      var _ = call.memory().fill((byte) 0);
    }
  },
  POPULATES_BY_A_READ_AND_A_WRITE(POPULATED_MEMORY_KEEPS_WHAT_IS_WRITTEN_MEANWHILE) {
    @Override
    @SuppressWarnings("ThreadPriorityCheck") // Others may write now, which would be undone.
    void populate(Call call) throws HostRefusedException {
      LINUX.populate(call.start(), call.bytes());
      for (long at = 0; at < call.bytes(); at += Pages.SIZE) {
        long content = call.memory().get(ValueLayout.JAVA_LONG, at);
        Thread.yield();
        call.memory().set(ValueLayout.JAVA_LONG, at, content);
      }
    }
  },
  DISCARD_DOES_NOTHING(DISCARDED_MEMORY_READS_AS_ZEROS_AND_ITS_NEIGHBOURS_ARE_UNTOUCHED) {
    @Override
    void discard(Call call) {}
  },
  DISCARDS_A_PAGE_TOO_MANY(DISCARDED_MEMORY_READS_AS_ZEROS_AND_ITS_NEIGHBOURS_ARE_UNTOUCHED) {
    @Override
    void discard(Call call) throws HostRefusedException {
      LINUX.discard(call.start(), call.bytes() + Pages.SIZE);
    }
  },
  DISCARDS_A_PAGE_TOO_FEW(DISCARDED_MEMORY_READS_AS_ZEROS_AND_ITS_NEIGHBOURS_ARE_UNTOUCHED) {
    @Override
    void discard(Call call) throws HostRefusedException {
      if (call.bytes() > Pages.SIZE) {
        LINUX.discard(call.start(), call.bytes() - Pages.SIZE);
      }
    }
  },
  DISCARDS_THE_PAGES_BESIDE(DISCARDED_MEMORY_READS_AS_ZEROS_AND_ITS_NEIGHBOURS_ARE_UNTOUCHED) {
    @Override
    void discard(Call call) throws HostRefusedException {
      LINUX.discard(call.from(Pages.SIZE), call.bytes());
    }
  },
  DISCARDS_BY_ZEROS(DISCARDED_MEMORY_IS_THERE_NO_LONGER) {
    @Override
    void discard(Call call) throws HostRefusedException {
      LINUX.populate(call.start(), call.bytes());
      var _ = call.memory().fill((byte) 0);
    }
  },
  DISCARDS_LENGTHS_AS_INT(LENGTHS_BEYOND_32_BITS_ARE_DISCARDED_WHOLE) {
    @Override
    void discard(Call call) throws HostRefusedException {
      int bytes = (int) call.bytes();
      LINUX.discard(call.start(), bytes);
    }
  },
  DISCARDS_A_PAGE_ONCE(DISCARDED_MEMORY_CAN_BE_WRITTEN_POPULATED_AND_DISCARDED_AGAIN) {
    @SuppressWarnings("ImmutableEnumChecker") // Wrong as it is, it keeps books.
    private final Set<Long> gone = ConcurrentHashMap.newKeySet();

    @Override
    void discard(Call call) throws HostRefusedException {
      if (gone.add(call.start().value())) {
        LINUX.discard(call.start(), call.bytes());
      }
    }
  },
  REFUSES_TO_DISCARD_WHAT_NOBODY_POPULATED(WHAT_IS_NOT_THERE_YET_MAY_BE_DISCARDED) {
    @SuppressWarnings("ImmutableEnumChecker") // Wrong as it is, it keeps books.
    private final Set<Long> there = ConcurrentHashMap.newKeySet();

    @Override
    void populate(Call call) throws HostRefusedException {
      LINUX.populate(call.start(), call.bytes());
      there.add(call.start().value());
    }

    @Override
    void discard(Call call) throws HostRefusedException {
      if (!there.contains(call.start().value())) {
        throw call.refusal(HostOperation.DISCARD, HostRefusedException.State.UNCHANGED);
      }
      LINUX.discard(call.start(), call.bytes());
    }
  },
  IS_FOR_ONE_THREAD(THREADS_POPULATE_AND_DISCARD_SIDE_BY_SIDE) {
    @SuppressWarnings("ImmutableEnumChecker") // Wrong as it is, it keeps books.
    private volatile HostAddress start = new HostAddress(0);

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // Others may come now, and change the start.
    void discard(Call call) throws HostRefusedException {
      start = call.start();
      Thread.yield();
      LINUX.discard(start, call.bytes());
    }
  },
  REFUSES_NOTHING(MEMORY_THAT_THIS_PROCESS_DOES_NOT_HAVE_IS_REFUSED) {
    @Override
    void populate(Call call) {
      try {
        LINUX.populate(call.start(), call.bytes());
      } catch (HostRefusedException refusal) {
        // All is well.
      }
    }
  },
  REFUSES_WITH_ANOTHER_ADDRESS(MEMORY_THAT_THIS_PROCESS_DOES_NOT_HAVE_IS_REFUSED) {
    @Override
    void populate(Call call) throws HostRefusedException {
      try {
        LINUX.populate(call.start(), call.bytes());
      } catch (HostRefusedException refusal) {
        throw new Call(call.from(Pages.SIZE), call.bytes())
            .refusal(HostOperation.POPULATE, refusal.state());
      }
    }
  },
  REFUSES_ANOTHER_OPERATION(MEMORY_THAT_THIS_PROCESS_DOES_NOT_HAVE_IS_REFUSED) {
    @Override
    void discard(Call call) throws HostRefusedException {
      try {
        LINUX.discard(call.start(), call.bytes());
      } catch (HostRefusedException refusal) {
        throw call.refusal(HostOperation.POPULATE, refusal.state());
      }
    }
  },
  SAYS_THAT_ALL_IS_LOST(MEMORY_THAT_THIS_PROCESS_DOES_NOT_HAVE_IS_REFUSED) {
    @Override
    void discard(Call call) throws HostRefusedException {
      try {
        LINUX.discard(call.start(), call.bytes());
      } catch (HostRefusedException refusal) {
        throw call.refusal(HostOperation.DISCARD, HostRefusedException.State.LOST);
      }
    }
  };

  private static final HostMemory LINUX = new LinuxHostMemory();

  private final HostMemoryClause broken;

  StrangersHostMemory(HostMemoryClause broken) {
    this.broken = broken;
  }

  /** Returns the clause that catches it. */
  HostMemoryClause broken() {
    return broken;
  }

  void populate(Call call) throws HostRefusedException {
    LINUX.populate(call.start(), call.bytes());
  }

  void discard(Call call) throws HostRefusedException {
    LINUX.discard(call.start(), call.bytes());
  }

  HostMemory memory() {
    return new HostMemory() {
      @Override
      public void populate(HostAddress start, long bytes) throws HostRefusedException {
        StrangersHostMemory.this.populate(new Call(start, bytes));
      }

      @Override
      public void discard(HostAddress start, long bytes) throws HostRefusedException {
        StrangersHostMemory.this.discard(new Call(start, bytes));
      }
    };
  }

  /** What was asked for. */
  record Call(HostAddress start, long bytes) {
    HostAddress from(long offset) {
      return new HostAddress(start.value() + offset);
    }

    @SuppressWarnings("restricted") // The clause's own memory.
    MemorySegment memory() {
      return MemorySegment.ofAddress(start.value()).reinterpret(bytes);
    }

    HostRefusedException refusal(HostOperation operation, HostRefusedException.State state) {
      return new HostRefusedException(
          operation, start.value(), bytes, 14, new RefusalCause.BadHostAddress(), state);
    }
  }
}
