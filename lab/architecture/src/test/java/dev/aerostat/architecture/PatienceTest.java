package dev.aerostat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A test that waits for what must happen waits at least half a minute for it: a machine that builds
 * several things at once, on two cores, is that slow.
 */
final class PatienceTest {
  private static final int LEAST_SECONDS = 30;

  /** Ways to wait with a deadline in seconds, which is the group of each. */
  private static final Pattern WAIT =
      Pattern.compile(
          """
          \\.(?:get|await|poll|waitFor|tryAcquire|orTimeout)\\(\\s*(\\d+)L?,\\s*(?:TimeUnit\\.)?SECONDS\\)\
          |\\.join\\(Duration\\.ofSeconds\\((\\d+)\\)\\)\
          |PATIENCE_SECONDS = (\\d+)\
          |nanoTime\\(\\) \\+ (?:TimeUnit\\.)?(?:SECONDS\\.toNanos|Duration\\.ofSeconds)\\((\\d+)\\)\
          |@Timeout\\((\\d+)\\)""");

  @Test
  void noWaitOfATestIsShorterThanALoadedMachineTakes() throws IOException {
    var tooShort = new ArrayList<String>();
    for (String directory : Project.directories()) {
      Path tests = Project.ROOT.resolve(directory).resolve("src/test/java");
      if (Files.isDirectory(tests)) {
        try (Stream<Path> files = Files.walk(tests)) {
          for (Path file : files.filter(PatienceTest::isOther).toList()) {
            for (String wait : shortWaits(Files.readString(file))) {
              tooShort.add(file.getFileName() + ": " + wait);
            }
          }
        }
      }
    }
    assertEquals(List.of(), tooShort);
  }

  private static boolean isOther(Path file) {
    return file.toString().endsWith(".java") && !file.endsWith("PatienceTest.java");
  }

  private static List<String> shortWaits(String source) {
    return WAIT.matcher(source)
        .results()
        .filter(wait -> seconds(wait) < LEAST_SECONDS)
        .map(MatchResult::group)
        .toList();
  }

  private static int seconds(MatchResult wait) {
    for (int group = 1; group <= wait.groupCount(); group++) {
      if (wait.group(group) != null) {
        return Integer.parseInt(wait.group(group));
      }
    }
    throw new AssertionError(wait.group());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ready.get(10, SECONDS);",
        "ready.get(10, TimeUnit.SECONDS);",
        "latch.await(\n    20, SECONDS);",
        "assertTrue(closer.join(Duration.ofSeconds(20)));",
        "private static final long PATIENCE_SECONDS = 5;",
        "long end = System.nanoTime() + SECONDS.toNanos(10);",
        "long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);",
        "long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();",
        "@Timeout(20)"
      })
  void aShortWaitIsFoundHoweverItIsWritten(String source) {
    assertEquals(1, shortWaits(source).size());
  }
}
