package dev.aerostat.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README and the guides show of the examples is what the build compiles and runs. */
final class ReadmeTest {
  /** The tests run in the directory of their module. */
  private static final Path ROOT = Path.of("..", "..");

  @Test
  void theReadmeQuotesTheExamplesWordForWord() throws IOException {
    assertTrue(quotedWordForWord(ROOT.resolve("README.md")) > 0, "expected at least one example");
  }

  @Test
  void theGuidesQuoteTheExamplesWordForWord() throws IOException {
    int quotations = 0;
    try (Stream<Path> guides = Files.list(ROOT.resolve("docs"))) {
      for (Path guide : guides.filter(file -> file.toString().endsWith(".md")).toList()) {
        quotations += quotedWordForWord(guide);
      }
    }
    assertTrue(quotations > 0, "expected at least one example");
  }

  private static int quotedWordForWord(Path document) throws IOException {
    List<Quotation> quotations = Quotation.in(Files.readString(document));
    for (Quotation quotation : quotations) {
      assertEquals(
          quotation.original(ROOT),
          quotation.text(),
          () -> "%s's copy of %s %s".formatted(document, quotation.file(), quotation.tag()));
    }
    return quotations.size();
  }

  @Test
  void aQuotationThatDiffersIsSeen() throws IOException {
    Quotation quotation =
        Quotation.in(
                """
                Some text.

                <!-- from lab/examples/src/main/java/dev/aerostat/examples/TinyVmm.java vmm -->
                ```java
                anything();
                ```
                """)
            .getFirst();
    assertEquals("anything();\n", quotation.text());
    assertFalse(quotation.original(ROOT).equals(quotation.text()));
  }

  @Test
  void aCommentWithoutItsBlockOrATagThatIsNotThereIsAnError() {
    String comment =
        "<!-- from lab/examples/src/main/java/dev/aerostat/examples/TinyVmm.java %s -->";
    assertThrows(
        IllegalStateException.class,
        () -> Quotation.in(comment.formatted("vmm") + "\n\n```java\nblock();\n```\n"));
    List<Quotation> found =
        Quotation.in(comment.formatted("missing") + "\n```java\nblock();\n```\n");
    var refusal = assertThrows(IllegalStateException.class, () -> found.getFirst().original(ROOT));
    assertTrue(String.valueOf(refusal.getMessage()).contains("missing"), refusal::getMessage);
  }

  @Test
  void commentLinesWithTagsAreNotAPartOfWhatIsQuoted() throws IOException {
    String vmm =
        new Quotation("lab/examples/src/main/java/dev/aerostat/examples/TinyVmm.java", "vmm", "")
            .original(ROOT);
    assertEquals("", vmm.lines().filter(line -> line.contains("::")).collect(Collectors.joining()));
  }
}
