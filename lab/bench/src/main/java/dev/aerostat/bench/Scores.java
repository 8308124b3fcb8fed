package dev.aerostat.bench;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/**
 * The best iteration of each benchmark. On a machine that others use too it is the one that was
 * disturbed least; a mean counts the others.
 */
final class Scores {
  private final Collection<RunResult> results;

  Scores(Collection<RunResult> results) {
    this.results = results;
  }

  /** Returns a score in the benchmark's unit. */
  OptionalDouble best(String benchmark, Map<String, String> params) {
    return results.stream()
        .filter(result -> matches(result, benchmark, params))
        .flatMap(result -> result.getBenchmarkResults().stream())
        .flatMap(Scores::iterations)
        .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
        .min();
  }

  /** Returns the bytes that a call allocated at least. */
  @SuppressWarnings("rawtypes") // As JMH has it.
  OptionalDouble bytesAllocated(String benchmark, Map<String, String> params) {
    return results.stream()
        .filter(result -> matches(result, benchmark, params))
        .flatMap(result -> result.getBenchmarkResults().stream())
        .flatMap(Scores::iterations)
        .flatMap(iteration -> iteration.getSecondaryResults().entrySet().stream())
        .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
        .mapToDouble(entry -> entry.getValue().getScore())
        .min();
  }

  /** Returns all values of a parameter that a benchmark was run with, in order. */
  List<String> values(String benchmark, String param) {
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().endsWith(benchmark))
        .map(result -> result.getParams().getParam(param))
        .distinct()
        .collect(Collectors.toList());
  }

  private static boolean matches(RunResult result, String benchmark, Map<String, String> params) {
    return result.getParams().getBenchmark().endsWith(benchmark)
        && params.entrySet().stream()
            .allMatch(
                entry -> entry.getValue().equals(result.getParams().getParam(entry.getKey())));
  }

  private static java.util.stream.Stream<IterationResult> iterations(BenchmarkResult fork) {
    return fork.getIterationResults().stream();
  }
}
