package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
}
