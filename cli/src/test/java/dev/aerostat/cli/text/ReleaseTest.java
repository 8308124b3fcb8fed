package dev.aerostat.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ReleaseTest {
  private static final String COMMIT = "commit=1b664d9c0ffe\ndate=2026-11-28\n";

  @Test
  void namesTheCommitAndItsDate() throws IOException {
    assertEquals("1b664d9c0ffe, 2026-11-28", commit(COMMIT + "modified=false"));
  }

  @Test
  void saysThatFilesDifferedFromTheCommit() throws IOException {
    assertEquals("1b664d9c0ffe, 2026-11-28, modified", commit(COMMIT + "modified=true"));
  }

  @Test
  void isUnknownOutsideOfARepository() throws IOException {
    assertEquals("unknown", commit("commit=unknown\ndate=unknown\nmodified=false"));
    assertEquals("unknown", commit(""), "classes that Maven did not build");
  }

  @Test
  void isFilledInByTheBuild() {
    String built = Release.commit();
    assertTrue(
        built.matches("unknown|[0-9a-f]{12}, \\d{4}-\\d\\d-\\d\\d(, modified)?"),
        () -> built + ": expected a commit and its date, or unknown");
  }

  private static String commit(String properties) throws IOException {
    var build = new Properties();
    build.load(new StringReader(properties));
    return Release.commit(build);
  }
}
