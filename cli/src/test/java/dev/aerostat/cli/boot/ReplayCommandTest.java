package dev.aerostat.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.simulation.TrackerKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplayCommandTest {
  private static String out(String... args) {
    Invocation invocation = Invocation.of(FakeSimulator.smooth(), args);
    assertEquals(0, invocation.exitCode(), invocation.err());
    return invocation.out();
  }

  @Test
  void writesOneFileAsAnObjectAndSeveralAsAnArray() {
    assertTrue(out("replay", "dir/a.trace", "--json").startsWith("{"));
    String array = out("replay", "--json", "a.trace", "b.trace");
    assertTrue(array.startsWith("[") && array.endsWith("]\n"), array);
  }

  @Test
  void namesTheGuestAfterTheFile() {
    assertTrue(out("replay", "dir/a.trace", "--json").contains("\"guest\": \"a.trace\""));
  }

  @Test
  void tellsTheStoryOfEachFile() {
    String stories = out("replay", "a.trace", "b.trace");
    assertTrue(stories.indexOf("guest a.trace") < stories.indexOf("guest b.trace"), stories);
  }

  @Test
  void replaysOnAnIntervalTreeUnlessToldOtherwise() {
    var simulator = FakeSimulator.smooth();
    for (String line :
        List.of(
            "replay a.trace",
            "replay a.trace --tracker interval-tree",
            "replay a.trace --tracker bitmap")) {
      Invocation replay = Invocation.of(simulator, line.split(" "));
      assertEquals(0, replay.exitCode(), replay.err());
    }
    assertEquals(
        List.of(TrackerKind.INTERVAL_TREE, TrackerKind.INTERVAL_TREE, TrackerKind.BITMAP),
        simulator.replayedOn);
  }

  @Test
  void saysWhichTrackersThereAre() {
    Invocation replay =
        Invocation.of(FakeSimulator.smooth(), "replay", "a.trace", "--tracker", "list");
    assertEquals(2, replay.exitCode());
    assertTrue(
        replay.err().contains("'list' is not a tracker: expected interval-tree or bitmap"),
        replay.err());
  }

  @Test
  void handsTheDevicesToTheMapper() {
    var simulator = FakeSimulator.smooth();
    Invocation replay =
        Invocation.of(
            simulator,
            ("replay a.trace --mapper vfio --device 0000:00:05.0 --mapper-option x=y"
                    + " --device 0000:00:06.0")
                .split(" "));
    assertEquals(0, replay.exitCode(), replay.err());
    assertEquals(
        List.of(Map.of("device", "0000:00:05.0,0000:00:06.0", "x", "y")), simulator.replayedWith);
  }
}
