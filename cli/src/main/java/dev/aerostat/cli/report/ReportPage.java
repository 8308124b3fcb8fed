package dev.aerostat.cli.report;

import dev.aerostat.cli.text.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/**
 * Renders a page: a template, its style, its script, a charting library, and the data, as one file
 * that asks the network for nothing. All text comes from the data, and the script puts it into the
 * page as text, never as markup. A policy in the page lets only the two scripts run that it came
 * with.
 */
final class ReportPage {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");

  private ReportPage() {}

  /**
   * Returns a page.
   *
   * @param content what stands on it
   * @param command the words that ran it
   * @param release of the command
   * @param written when
   */
  static String of(ReportContent content, String command, String release, Instant written) {
    String library = "/*\n" + resource("uPlot-LICENSE") + "*/\n" + resource("uPlot.iife.min.js");
    String script = resource("report.js");
    return filled(
        resource("report.html"),
        Map.of(
            "policy-library", hash(library),
            "policy-script", hash(script),
            "style-library", resource("uPlot.min.css"),
            "style", resource("report.css"),
            "library", library,
            "script", script,
            "data", inScript(data(content, command, release, written))));
  }

  private static String data(
      ReportContent content, String command, String release, Instant written) {
    return JsonText.line(
        json -> {
          json.writeStartObject();
          json.writeNumberProperty("format", 1);
          json.writeStringProperty("kind", content.kind().command());
          json.writeStringProperty("command", command);
          json.writeStringProperty("release", release);
          json.writeStringProperty("java", Runtime.version().toString());
          json.writeStringProperty("written", written.truncatedTo(ChronoUnit.SECONDS).toString());
          json.writeArrayPropertyStart("sources");
          content.kind().sources().forEach(json::writeString);
          json.writeEndArray();
          json.writeArrayPropertyStart("problems");
          content.problems().forEach(json::writeString);
          json.writeEndArray();
          variants(json, content.variants());
          json.writeArrayPropertyStart("records");
          content.records().forEach(record -> record.write(json));
          json.writeEndArray();
          json.writeName("figures");
          json.writeRawValue(content.figures().strip());
          json.writeEndObject();
        });
  }

  private static void variants(JsonGenerator json, Map<String, String> variants) {
    json.writeObjectPropertyStart("variants");
    variants.forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  /** In JSON a {@code <} stands in strings only: written so, it ends no script and begins none. */
  private static String inScript(String json) {
    return json.strip().replace("<", "\\u003c");
  }

  /** Fills the places of a template; what is put in is not looked through again. */
  private static String filled(String template, Map<String, String> texts) {
    return PLACE
        .matcher(template)
        .replaceAll(
            place ->
                Matcher.quoteReplacement(
                    Optional.ofNullable(texts.get(place.group(1)))
                        .orElseThrow(() -> new IllegalStateException("no " + place.group()))));
  }

  /** Returns a script's hash as a content security policy names it. */
  private static String hash(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java has SHA-256", missing);
    }
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build has left out " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
