package dev.aerostat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Each benchmark is set up and called once, on the least it can be given. */
class BenchmarksTest {
  private static final TimeValue SHORT = TimeValue.milliseconds(1);

  @Test
  void everyBenchmarkRuns() throws RunnerException {
    var options =
        new OptionsBuilder()
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(SHORT)
            .shouldFailOnError(true)
            .param("stream", "m1-k61-boot")
            .param("memoryGib", "4")
            .param("balloonPageKib", "2048")
            .param("ranges", "1000")
            .param("tracker", PageSets.OURS, PageSets.BITMAP)
            .build();
    var names =
        new Runner(options)
            .run().stream().map(BenchmarksTest::classOf).distinct().sorted().toList();
    assertEquals(
        List.of(
            "BootBenchmark",
            "DeflateBenchmark",
            "MessageBenchmark",
            "QueryBenchmark",
            "RangesBenchmark",
            "ScaleBenchmark",
            "TrackerBenchmark"),
        names);
  }

  private static String classOf(RunResult result) {
    String method = result.getParams().getBenchmark();
    String type = method.substring(0, method.lastIndexOf('.'));
    return type.substring(type.lastIndexOf('.') + 1);
  }
}
