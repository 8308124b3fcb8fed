package dev.aerostat.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks and prints what they say about one another. */
public final class BenchRun {
  private static final TimeValue WARM_UP = TimeValue.milliseconds(200);

  /** Short, so that some iteration has the processor for itself. */
  private static final TimeValue ITERATION = TimeValue.milliseconds(10);

  private static final String BOOT = "BootBenchmark";

  /** Not JMH's: what is held, not how long something takes. */
  private static final String HELD = "HeldBytes";

  private BenchRun() {}

  /**
   * Runs benchmarks.
   *
   * @param arguments the directory for {@code results.json} and {@code tables.md}, then {@code
   *     --quick} if wanted, then what the names of the benchmarks to run contain, all if there is
   *     none; and parameters as {@code name=value,value}, of those that have them
   * @throws RunnerException if JMH cannot run them
   * @throws IOException if the tables cannot be written
   */
  public static void main(String[] arguments) throws RunnerException, IOException {
    List<String> names = new ArrayList<>(List.of(arguments));
    Path directory = Path.of(names.removeFirst());
    boolean quick = names.remove("--quick");
    List<String> parameters = names.stream().filter(name -> name.contains("=")).toList();
    names.removeAll(parameters);
    Collection<RunResult> results = run(names, parameters, quick);
    ResultFormatFactory.getInstance(
            ResultFormatType.JSON, directory.resolve("results.json").toString())
        .writeOut(results);
    try (var out =
        new PrintStream(
            Files.newOutputStream(directory.resolve("tables.md")), false, StandardCharsets.UTF_8)) {
      new Tables(new Scores(results), out).print();
      if (isWanted(HELD, names)) {
        HeldTable.print(out, quick);
      }
    }
  }

  private static Collection<RunResult> run(
      List<String> names, List<String> parameters, boolean quick) throws RunnerException {
    var repeated = options(parameters, quick).exclude(BOOT);
    names.forEach(repeated::include);
    Collection<RunResult> results = new ArrayList<>(runThose(repeated));
    if (isWanted(BOOT, names)) {
      // A boot pays for its JVM's warm-up, as the command does.
      results.addAll(
          runThose(
              options(parameters, quick)
                  .include(BOOT)
                  .warmupIterations(0)
                  .measurementIterations(1)));
    }
    if (results.isEmpty() && !isWanted(HELD, names)) {
      throw new IllegalArgumentException(
          "no benchmark's name contains any of %s; try Tracker, Query, Message, Deflate, Boot, "
                  .formatted(names)
              + "Scale, Ranges or Held");
    }
    return results;
  }

  private static Collection<RunResult> runThose(ChainedOptionsBuilder options)
      throws RunnerException {
    try {
      return new Runner(options.build()).run();
    } catch (NoBenchmarksException e) {
      return List.of();
    }
  }

  private static boolean isWanted(String name, List<String> names) {
    return names.isEmpty() || names.stream().anyMatch(name::contains);
  }

  private static ChainedOptionsBuilder options(List<String> parameters, boolean quick) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .threads(1)
            .warmupIterations(quick ? 5 : 8)
            .warmupTime(WARM_UP)
            .measurementIterations(quick ? 10 : 20)
            .measurementTime(ITERATION)
            .addProfiler(GCProfiler.class)
            .jvmArgsAppend("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC");
    if (quick) {
      options
          .param("stream", Stream.DESCENDING, Stream.FRAGMENTED, "m2-k612-frag")
          .param("ranges", "1", "500000")
          .param("memoryGib", "8", "384");
    }
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      options.param(parameter.substring(0, equals), parameter.substring(equals + 1).split(",", -1));
    }
    return options;
  }
}
