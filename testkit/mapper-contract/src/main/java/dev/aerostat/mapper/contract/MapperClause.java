package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.spi.DmaMapper;
import java.util.Locale;

/**
 * The contract of {@link DmaMapper}, clause by clause. The clauses need not be tried in any order;
 * each opens a mapper of its own, and closes it.
 *
 * <p>Guest memory is {@value #MEMORY_BYTES} bytes, anonymous and populated.
 */
public enum MapperClause {
  /** An unmap finds the bytes of a map. */
  WHAT_WAS_MAPPED_CAN_BE_UNMAPPED(MapClauses::roundTrip),
  /** An unmap makes room. */
  WHAT_WAS_UNMAPPED_CAN_BE_MAPPED_AGAIN(MapClauses::again),
  /** No address is mapped twice. */
  A_MAP_THAT_REPEATS_ANOTHER_IS_REFUSED(MapClauses::repeated),
  /** Nor in part. */
  A_MAP_THAT_OVERLAPS_ANOTHER_ANYWHERE_IS_REFUSED_AND_CHANGES_NOTHING(MapClauses::overlapping),
  /** Neighbours are no overlap. */
  MAPPINGS_MAY_TOUCH(MapClauses::touching),
  /** Memory may have several addresses. */
  THE_SAME_MEMORY_MAY_BE_MAPPED_AT_TWO_ADDRESSES(MapClauses::twice),
  /** A map that meets memory that is not there. */
  A_MAP_THAT_FAILS_IS_ROLLED_BACK_WHOLE(MapClauses::failing),
  /** Nor a part of it that is there. */
  A_MAP_OF_MORE_MEMORY_THAN_THERE_IS_IS_REFUSED_WHOLE(MapClauses::tooLong),
  /** Only where a device can be told to {@link MapperSource#reader read}. */
  A_DEVICE_SEES_THE_MEMORY_THAT_WAS_MAPPED_FROM_THE_MOMENT_MAP_RETURNS(MapClauses::readable),
  /** A mapping is taken away whole or not at all. */
  AN_UNMAP_THAT_CUTS_A_MAPPING_IS_REFUSED_AND_THE_MAPPING_STAYS_WHOLE(UnmapClauses::cutting),
  /** {@link HostRefusedException#state()} is the truth. */
  A_REFUSAL_SAYS_UNCHANGED_ONLY_IF_NOTHING_CHANGED(UnmapClauses::truthful),
  /** One unmap, many mappings. */
  ONE_UNMAP_TAKES_AWAY_MANY_WHOLE_MAPPINGS_AND_PASSES_OVER_GAPS(UnmapClauses::many),
  /** Lengths are no ints. */
  AN_UNMAP_OF_GIGABYTES_TAKES_AWAY_ALL_THAT_LIES_IN_THEM(UnmapClauses::wide),
  /** As {@link MapperSource#refusesEmptyUnmap()} says. */
  UNMAP_OF_WHAT_IS_NOT_MAPPED_DOES_WHAT_THE_HOST_DOES(UnmapClauses::empty),
  /** {@link DmaMapper#unmapAll()}. */
  UNMAP_ALL_TAKES_AWAY_EVERYTHING_AND_MAY_FIND_NOTHING(UnmapClauses::all),
  /** Holes, and the end of all addresses. */
  ADDRESSES_THAT_CANNOT_BE_TRANSLATED_ARE_REFUSED(LimitClauses::untranslatable),
  /** And above any other power of two. */
  ADDRESSES_THAT_DIFFER_ABOVE_4_GIB_ARE_DIFFERENT(LimitClauses::high),
  /** Sums are no ints. */
  MAPPINGS_OF_MORE_THAN_2_GIB_ARE_COUNTED_TO_THE_BYTE(LimitClauses::summed),
  /** Only where the smallest page is larger than 4 KiB. */
  ADDRESSES_BETWEEN_THE_SMALLEST_PAGES_ARE_REFUSED(LimitClauses::misaligned),
  /** However large it is. */
  EACH_MAPPING_TAKES_ONE_ENTRY_AND_GIVES_IT_BACK(LimitClauses::counted),
  /** Only where the limit is {@link MapperSource#entriesWorthFilling() worth meeting}. */
  AS_MANY_MAPPINGS_FIT_AS_THE_LIMIT_SAYS_AND_NOT_ONE_MORE(LimitClauses::filled),
  /** Only where the limit is none, or too high to be worth meeting. */
  MAPPINGS_STAY_HOWEVER_MANY_THERE_ARE(LimitClauses::many),
  /** Populating is no writing. */
  POPULATED_MEMORY_KEEPS_ITS_CONTENT_AND_CAN_BE_MAPPED(MapClauses::populated),
  /** Only where the system reports which pages are there, and the host touches them. */
  A_MAP_FINDS_POPULATED_MEMORY_THERE(MemoryClauses::found),
  /** Nor discarded. */
  MEMORY_THAT_IS_NOT_THERE_IS_NOT_POPULATED(MemoryClauses::absent),
  /** Sixteen at a time. */
  MAPS_FROM_MANY_THREADS_ALL_HAPPEN(ThreadClauses::apart),
  /** One of eight. */
  OF_MANY_MAPS_OF_ONE_RANGE_AT_A_TIME_EXACTLY_ONE_HAPPENS(ThreadClauses::together),
  /** Four threads, each with addresses of its own. */
  MAPS_AND_UNMAPS_BESIDE_ONE_ANOTHER_LOSE_NOTHING(ThreadClauses::beside),
  /** The second close does nothing. */
  CLOSING_TWICE_IS_CLOSING_ONCE(CloseClauses::twice),
  /** Neither mappings nor files nor locked memory. */
  A_CLOSED_MAPPER_LEAVES_NOTHING_BEHIND(CloseClauses::leavesNothing),
  /** A map that is under way ends first, or is refused. */
  A_CLOSE_WAITS_FOR_MAPS_UNDER_WAY(CloseClauses::waiting),
  /** {@link IllegalStateException}. */
  A_CLOSED_MAPPER_REFUSES_TO_WORK(CloseClauses::refusing),
  /** Many random sequences of calls; a failure names the fewest calls that still fail. */
  ANY_MAPS_AND_UNMAPS_DO_WHAT_A_SORTED_MAP_OF_MAPPINGS_DOES(RandomSequences::all);

  /** Size of the guest memory that clauses map, in bytes. */
  public static final long MEMORY_BYTES = 2 << 20;

  @SuppressWarnings("ImmutableEnumChecker") // A method without a state.
  private final Body body;

  MapperClause(Body body) {
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
   * @return what came of it; whatever the mapper throws is an outcome too
   */
  public ClauseOutcome check(MapperSource source) {
    return ClauseTrial.of(() -> body.check(source));
  }

  private interface Body {
    void check(MapperSource source) throws HostRefusedException;
  }
}
