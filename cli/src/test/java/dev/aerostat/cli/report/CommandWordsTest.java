package dev.aerostat.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandWordsTest {
  @Test
  void plainWordsStandAsTheyAre() {
    assertEquals(
        "aerostat boot --memory=384G --report /tmp/a-b_c.html",
        CommandWords.of(List.of("boot", "--memory=384G", "--report", "/tmp/a-b_c.html")));
  }

  @Test
  void aShellReadsBackWhatItWouldTakeApart() {
    assertEquals(
        "aerostat replay 'my boot.gz' 'it'\\''s' '' '$HOME' 'a;b'",
        CommandWords.of(List.of("replay", "my boot.gz", "it's", "", "$HOME", "a;b")));
  }
}
