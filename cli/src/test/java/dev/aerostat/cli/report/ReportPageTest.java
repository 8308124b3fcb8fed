package dev.aerostat.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportPageTest {
  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00.987Z");
  private static final Pattern SCRIPT =
      Pattern.compile("<script([^>]*)>(.*?)</script>", Pattern.DOTALL);

  private static String page(String figures, String command) {
    return ReportPage.of(
        ReportContent.ofRuns(ReportKind.BOOT, figures, List.of(), List.of()),
        command,
        "1.2.3",
        NOON);
  }

  private static List<MatchResult> scripts(String page) {
    return SCRIPT.matcher(page).results().toList();
  }

  private static String data(String page) {
    return scripts(page).getFirst().group(2);
  }

  @Test
  void saysWhatRanWithWhichReleaseWhen() {
    String data = data(page("{}", "aerostat boot --memory 8G"));
    assertTrue(data.contains("\"command\":\"aerostat boot --memory 8G\""), data);
    assertTrue(data.contains("\"release\":\"1.2.3\""), data);
    assertTrue(data.contains("\"written\":\"2026-11-28T12:00:00Z\""), data);
  }

  @Test
  void theFiguresAreEmbeddedAsTheyWerePrinted() {
    String figures = "{\n  \"memoryBytes\": 8589934592,\n  \"guest\": \"linux\"\n}";
    assertTrue(data(page(figures + "\n", "aerostat")).endsWith("\"figures\":" + figures + "}"));
  }

  @Test
  void noTextCanEndTheScriptThatItStandsInOrBeginAnother() {
    String hostile = "</script><script>alert(1)</script><!--<script>";
    String page = page("{\"guest\": \"" + hostile + "\"}", hostile);
    assertEquals(3, scripts(page).size());
    assertFalse(page.contains("alert(1)</script>"), "as markup");
    assertTrue(data(page).contains("\\u003c/script>\\u003cscript>alert(1)"));
  }

  @Test
  void noTextIsTakenForAPlaceOfTheTemplate() {
    assertTrue(
        data(page("{}", "aerostat {{script}} $1 \\")).contains("aerostat {{script}} $1 \\\\"));
  }

  @Test
  void onlyItsOwnTwoScriptsMayRun() throws Exception {
    String page = page("{}", "aerostat");
    String policy = page.substring(page.indexOf("script-src"), page.indexOf("; base-uri"));
    for (MatchResult script : scripts(page).subList(1, 3)) {
      assertEquals("", script.group(1));
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(script.group(2).getBytes(StandardCharsets.UTF_8));
      assertTrue(
          policy.contains("'sha256-" + Base64.getEncoder().encodeToString(hash) + "'"), policy);
    }
    assertFalse(policy.contains("unsafe"), policy);
    assertTrue(page.contains("default-src 'none'"));
  }

  @Test
  void nothingInItIsFetchedFromElsewhere() {
    String page = page("{}", "aerostat");
    for (String fetched : List.of(" src=", " href=", "<link", "<iframe", "@import", "url(")) {
      assertFalse(page.contains(fetched), fetched);
    }
  }

  @Test
  void theLicenceOfTheLibraryStandsBesideIt() {
    String page = page("{}", "aerostat");
    assertTrue(page.contains("Permission is hereby granted, free of charge"));
    assertTrue(page.contains("uPlot"));
  }

  @ParameterizedTest
  @EnumSource(ReportKind.class)
  void everyKindSaysWhatIsModelledAndWhatMeasured(ReportKind kind) {
    String page =
        ReportPage.of(
            ReportContent.ofRuns(kind, "{}", List.of(), List.of()), "aerostat", "1", NOON);
    assertTrue(data(page).contains("\"kind\":\"" + kind.command() + "\""));
    assertTrue(kind.sources().stream().anyMatch(text -> text.matches("(?s)(Modelled|Measured).*")));
  }
}
