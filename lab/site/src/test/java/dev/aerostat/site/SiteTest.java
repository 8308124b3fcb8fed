package dev.aerostat.site;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {
  private static final String REFERENCE = "# Commands and options\n";

  @TempDir private Path project = Path.of("");
  private Path site = Path.of("");

  @BeforeEach
  void documents() throws IOException {
    site = project.resolve("target/site");
    write(
        "README.md", "# Lift\n\nSee [guide](docs/guide.md#how-to-begin), ![idea](docs/idea.svg).");
    write("docs/guide.md", "# Guide & more\n\n## How to begin\n\nBack [home](../README.md).\n");
    write("docs/decisions/0001-a.md", "# 0001: A\n\nAs in the [guide](../guide.md).\n");
    write("docs/idea.svg", "<svg/>");
  }

  @Test
  void linksLeadFromPageToPageAndToHeadings() throws IOException {
    Site.write(project, REFERENCE, site);
    assertTrue(page("index.html").contains("<a href=\"docs/guide.html#how-to-begin\">guide</a>"));
    assertTrue(page("docs/guide.html").contains("<h2 id=\"how-to-begin\">"));
    assertTrue(page("docs/guide.html").contains("Back <a href=\"../index.html\">home</a>"));
    assertTrue(page("docs/decisions/0001-a.html").contains("<a href=\"../guide.html\">guide</a>"));
    assertTrue(Files.exists(site.resolve("docs/idea.svg")));
  }

  @Test
  void aModuleMayHaveAPageAndALicenceOfItsOwn() throws IOException {
    write("driver/README.md", "# Driver\n\n[Guide](../docs/guide.md), [licence](LICENSE).\n");
    write("driver/LICENSE", "GPL");
    write("docs/guide.md", "# Guide\n\n[Driver](../driver/README.md).\n\n## How to begin\n");
    List<String> dead = Site.write(project, REFERENCE, site);
    assertFalse(dead.contains("driver/README.html leads to LICENSE, which is not there"));
    assertFalse(
        dead.contains("docs/guide.html leads to ../driver/README.html, which is not there"));
    assertTrue(page("docs/guide.html").contains("<a href=\"../driver/README.html\">Driver</a>"));
    assertTrue(Files.exists(site.resolve("driver/LICENSE")));
  }

  @Test
  void eachPageListsAllOthersButTheSingleDecisions() throws IOException {
    Site.write(project, REFERENCE, site);
    for (String page : List.of("index.html", "docs/guide.html", "docs/decisions/0001-a.html")) {
      String html = page(page);
      String list = html.substring(html.indexOf("<nav"));
      assertTrue(list.contains(">Guide &amp; more</a>"), list);
      assertTrue(list.contains(">Commands and options</a>"), list);
      assertFalse(list.contains("0001-a"), list);
    }
  }

  @Test
  void aPagesTitleIsItsFirstHeading() throws IOException {
    Site.write(project, REFERENCE, site);
    assertTrue(page("docs/guide.html").contains("<title>Guide &amp; more · Aerostat</title>"));
  }

  @Test
  void linksToAFileOrAHeadingThatIsNotThereAreFound() throws IOException {
    List<String> dead = List.of("none.md", "guide.md#none", "#none", "../../out.md", "no.png");
    List<String> alive = List.of("https://example.org/none", "guide.md", "guide.md#how-to-begin");
    var links = new StringBuilder("# Bad\n\n[here](#bad)\n");
    Stream.concat(dead.stream(), alive.stream())
        .forEach(target -> links.append("[text](").append(target).append(")\n"));
    write("docs/bad.md", links.append("![picture](no-picture.svg)\n").toString());
    List<String> found = Site.write(project, REFERENCE, site);
    for (String target : dead) {
      assertTrue(found.contains(leadsNowhere(target)), () -> target + " in " + found);
    }
    assertTrue(found.contains(leadsNowhere("no-picture.svg")), found::toString);
    for (String target : alive) {
      assertFalse(found.contains(leadsNowhere(target)), () -> target + " in " + found);
    }
    assertFalse(found.contains(leadsNowhere("#bad")), found::toString);
  }

  private static String leadsNowhere(String target) {
    return "docs/bad.html leads to %s, which is not there"
        .formatted(target.replace(".md", ".html"));
  }

  @Test
  void codeThatNamesAPublicTypeLeadsToItsJavadoc() throws IOException {
    Path type = Path.of("api/dev.aerostat.api/dev/aerostat/api/Gate.html");
    Files.createDirectories(site.resolve(type).getParent());
    Files.writeString(site.resolve(type), "");
    Files.writeString(site.resolve(type).resolveSibling("Twice.html"), "");
    Files.createDirectories(site.resolve("api/other"));
    Files.writeString(site.resolve("api/other/Twice.html"), "");
    write("docs/code.md", "# `Gate`\n\nA `Gate`, `Gate.open(done)`, `Twice`, `gate`, `Gates`.\n");
    Site.write(project, REFERENCE, site);
    String html = page("docs/code.html");
    assertTrue(
        html.contains(
            "A <a href=\"../%1$s\"><code>Gate</code></a>, <a href=\"../%1$s\"><code>Gate.open(done)"
                    .formatted(type)
                + "</code></a>, <code>Twice</code>, <code>gate</code>, <code>Gates</code>."),
        html);
    assertTrue(html.contains("<code>Gate</code></h1>"), html);
  }

  private void write(String file, String text) throws IOException {
    Path path = project.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private String page(String file) throws IOException {
    return Files.readString(site.resolve(file));
  }
}
