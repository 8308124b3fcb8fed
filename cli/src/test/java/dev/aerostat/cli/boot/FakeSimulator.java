package dev.aerostat.cli.boot;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.BootWatcher;
import dev.aerostat.simulation.TrackerKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers at once, and remembers what it was asked. */
public final class FakeSimulator implements Simulator {
  final List<BootScenario> booted = new CopyOnWriteArrayList<>();
  final List<Map<String, String>> replayedWith = new CopyOnWriteArrayList<>();
  final List<TrackerKind> replayedOn = new CopyOnWriteArrayList<>();
  private final Answer answer;

  /** What comes of a scenario. */
  public interface Answer {
    BootReport to(BootScenario scenario) throws HostRefusedException, IOException;
  }

  public FakeSimulator(Answer answer) {
    this.answer = answer;
  }

  /** One for which all goes well. */
  public static FakeSimulator smooth() {
    return new FakeSimulator(Reports::of);
  }

  @Override
  public BootReport boot(BootScenario scenario, BootWatcher watcher)
      throws HostRefusedException, IOException {
    booted.add(scenario);
    return answer.to(scenario);
  }

  @Override
  public BootReport replay(
      Path trace,
      String mapper,
      Map<String, String> mapperOptions,
      TrackerKind tracker,
      BootWatcher watcher)
      throws HostRefusedException, IOException {
    replayedWith.add(mapperOptions);
    replayedOn.add(tracker);
    BootScenario scenario = ComparedVariant.ASYNC_4K.scenario(ByteSize.parse("1G"));
    return Reports.named(answer.to(scenario), trace.getFileName().toString());
  }
}
