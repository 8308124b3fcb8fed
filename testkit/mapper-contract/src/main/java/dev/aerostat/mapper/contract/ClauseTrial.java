package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;

/** Tries a clause: whatever is thrown is an outcome. */
final class ClauseTrial {
  private ClauseTrial() {}

  @SuppressWarnings("CatchingUnchecked") // A mapper may throw what it does not declare.
  static ClauseOutcome of(Clause clause) {
    try {
      clause.check();
      return new ClauseOutcome.Passed();
    } catch (NotApplicableException exempt) {
      return new ClauseOutcome.NotApplicable(exempt.why());
    } catch (BrokenClauseError broken) {
      return new ClauseOutcome.Failed(String.valueOf(broken.getMessage()), broken);
    } catch (HostRefusedException refusal) {
      return new ClauseOutcome.Failed("expected no refusal, saw: " + refusal.getMessage(), refusal);
    } catch (Throwable thrown) {
      return new ClauseOutcome.Failed(
          "expected no exception, saw " + BrokenClauseError.textOf(thrown), thrown);
    }
  }

  /** What is tried. */
  interface Clause {
    void check() throws HostRefusedException;
  }
}
