package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import java.util.Locale;

/** The contract of {@link HostMemory}, clause by clause; each works on memory of its own. */
public enum HostMemoryClause {
  /** Populating is no writing. */
  POPULATED_MEMORY_KEEPS_ITS_CONTENT(HostMemoryClauses::kept),
  /** The guest may write at any time: populating by a read and a write would undo it. */
  POPULATED_MEMORY_KEEPS_WHAT_IS_WRITTEN_MEANWHILE(HostMemoryClauses::keptMeanwhile),
  /** Only where the system reports which pages are there. */
  FRESH_MEMORY_IS_THERE_ONCE_POPULATED(HostMemoryClauses::brought),
  /** To the page, at both ends. */
  DISCARDED_MEMORY_READS_AS_ZEROS_AND_ITS_NEIGHBOURS_ARE_UNTOUCHED(HostMemoryClauses::discarded),
  /** Only where the system reports which pages are there, and files can have holes. */
  DISCARDED_MEMORY_IS_THERE_NO_LONGER(HostMemoryClauses::givenBack),
  /** More than 4 GiB at once, of a file that takes none of them. */
  LENGTHS_BEYOND_32_BITS_ARE_DISCARDED_WHOLE(HostMemoryClauses::large),
  /** As often as one likes. */
  DISCARDED_MEMORY_CAN_BE_WRITTEN_POPULATED_AND_DISCARDED_AGAIN(HostMemoryClauses::again),
  /** Memory that nobody touched, or that was discarded already. */
  WHAT_IS_NOT_THERE_YET_MAY_BE_DISCARDED(HostMemoryClauses::untouched),
  /** Each in its own pages. */
  THREADS_POPULATE_AND_DISCARD_SIDE_BY_SIDE(HostMemoryClauses::threads),
  /** The refusal names operation, address and length. */
  MEMORY_THAT_THIS_PROCESS_DOES_NOT_HAVE_IS_REFUSED(HostMemoryClauses::refused);

  @SuppressWarnings("ImmutableEnumChecker") // A method without a state.
  private final Body body;

  HostMemoryClause(Body body) {
    this.body = body;
  }

  /**
   * Returns the clause in words.
   *
   * @return a sentence in lower case, without a full stop
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * Tries the clause.
   *
   * @param source opens what it is tried on
   * @return what came of it; whatever the host memory throws is an outcome too
   */
  public ClauseOutcome check(HostMemorySource source) {
    return ClauseTrial.of(() -> body.check(source));
  }

  private interface Body {
    void check(HostMemorySource source) throws HostRefusedException;
  }
}
