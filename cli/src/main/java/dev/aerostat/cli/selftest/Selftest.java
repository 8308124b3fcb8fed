package dev.aerostat.cli.selftest;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.mapper.contract.ClauseOutcome;
import dev.aerostat.mapper.contract.MapperClause;
import dev.aerostat.mapper.contract.MapperSource;
import dev.aerostat.mapper.contract.ProbedSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What came of trying a mapper's contract.
 *
 * @param host where
 * @param source what was tried; empty if no mapper could be opened
 * @param obstacle why none could be, empty text if one could
 * @param refusal what was thrown by the open, if that is the obstacle
 * @param results one for each clause, none if no mapper could be opened
 */
record Selftest(
    TestedHost host,
    Optional<ProbedSource> source,
    String obstacle,
    Optional<Throwable> refusal,
    List<Result> results) {
  /** A clause and what came of it. */
  record Result(MapperClause clause, ClauseOutcome outcome) {}

  /**
   * Tries all clauses, if the mapper is available and can be opened.
   *
   * @param clauseTried called after each
   * @throws IllegalArgumentException if the mapper does not know an option, or cannot use its value
   */
  static Selftest of(TestedHost host, MapperSource source, Runnable clauseTried) {
    if (!host.available()) {
      return hindered(
          host, "mapper '%s' is not available: %s".formatted(host.mapper(), host.detail()));
    }
    try {
      ProbedSource probed = ProbedSource.probe(source);
      return new Selftest(
          host,
          Optional.of(probed),
          "",
          Optional.empty(),
          Stream.of(MapperClause.values())
              .map(clause -> result(clause, probed, clauseTried))
              .toList());
    } catch (HostRefusedException | IllegalStateException refusal) {
      return new Selftest(
          host,
          Optional.empty(),
          String.valueOf(refusal.getMessage()),
          Optional.of(refusal),
          List.of());
    }
  }

  private static Result result(MapperClause clause, ProbedSource probed, Runnable clauseTried) {
    var result = new Result(clause, onThisHost(clause.check(probed)));
    clauseTried.run();
    return result;
  }

  private static Selftest hindered(TestedHost host, String obstacle) {
    return new Selftest(host, Optional.empty(), obstacle, Optional.empty(), List.of());
  }

  /** That a process may lock too little memory is no fault of the mapper. */
  private static ClauseOutcome onThisHost(ClauseOutcome outcome) {
    return outcome instanceof ClauseOutcome.Failed(_, HostRefusedException refusal)
            && refusal.reason() instanceof RefusalCause.MemoryLockLimit
        ? new ClauseOutcome.NotApplicable(String.valueOf(refusal.getMessage()))
        : outcome;
  }

  long count(Class<? extends ClauseOutcome> outcome) {
    return results.stream().filter(result -> outcome.isInstance(result.outcome())).count();
  }

  /** Returns what was thrown where the test failed, with the stack traces of the plugin. */
  List<Throwable> causes() {
    return Stream.concat(
            refusal.stream(),
            results.stream()
                .map(Result::outcome)
                .mapMulti(
                    (ClauseOutcome outcome, Consumer<Throwable> causes) -> {
                      if (outcome instanceof ClauseOutcome.Failed(_, Throwable cause)) {
                        causes.accept(cause);
                      }
                    }))
        .toList();
  }

  /** Returns why the test failed: a clause did, or none could be tried. */
  Optional<String> failure() {
    long failed = count(ClauseOutcome.Failed.class);
    if (failed > 0) {
      return Optional.of(
          "mapper '%s' breaks %s of its contract"
              .formatted(host.mapper(), NumberFormats.count(failed, "clause")));
    }
    if (!obstacle.isEmpty()) {
      return Optional.of(obstacle);
    }
    return count(ClauseOutcome.Passed.class) > 0
        ? Optional.empty()
        : Optional.of("no clause of the contract could be tried");
  }
}
