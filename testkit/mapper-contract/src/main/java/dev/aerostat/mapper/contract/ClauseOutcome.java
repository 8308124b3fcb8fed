package dev.aerostat.mapper.contract;

/** What came of trying a clause on a mapper. Immutable. */
public sealed interface ClauseOutcome {
  /** The mapper does what the clause demands. */
  record Passed() implements ClauseOutcome {}

  /**
   * The mapper does not.
   *
   * @param what what was expected and what was seen, in a sentence without a full stop
   * @param cause where it was seen; the refusal itself if the host refused what it must not
   */
  record Failed(String what, Throwable cause) implements ClauseOutcome {}

  /**
   * The clause does not apply to this mapper.
   *
   * @param why in half a sentence without a full stop
   */
  record NotApplicable(String why) implements ClauseOutcome {}
}
