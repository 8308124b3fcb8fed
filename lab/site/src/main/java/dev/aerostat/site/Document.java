package dev.aerostat.site;

import java.nio.file.Path;

/**
 * A document and its page.
 *
 * @param path where it is, from the root of the project, such as {@code docs/vmm.md}
 * @param markdown its text
 */
record Document(Path path, String markdown) {
  /** Returns where its page is, from the root of the site: the README is the first page. */
  Path page() {
    return pageOf(path);
  }

  static Path pageOf(Path markdown) {
    String name = markdown.getFileName().toString();
    String html =
        markdown.equals(Path.of("README.md")) ? "index.html" : name.replaceAll("\\.md$", ".html");
    return markdown.resolveSibling(html);
  }
}
