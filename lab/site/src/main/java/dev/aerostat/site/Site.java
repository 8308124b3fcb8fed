package dev.aerostat.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.nodes.Entities;

/** Writes the site. */
final class Site {
  /** Where the javadoc tool has written to, in the site. */
  private static final String API = "api";

  /** The name under which the generated reference of the command is a document. */
  private static final Path REFERENCE = Path.of("docs/reference.md");

  /** A module is at most two directories down, its README one more. */
  private static final int MODULE_DEPTH = 3;

  private final Path project;
  private final Path site;
  private final List<Document> documents = new ArrayList<>();
  private final List<Path> pictures = new ArrayList<>();

  private Site(Path project, Path site) {
    this.project = project;
    this.site = site;
  }

  /**
   * Writes the site of a project.
   *
   * @param args the root of the project, the generated reference of the command, and the directory
   *     to write to, in which the Javadoc is already
   * @throws IOException if a file cannot be read or written
   */
  public static void main(String[] args) throws IOException {
    List<String> dead =
        write(Path.of(args[0]), Files.readString(Path.of(args[1])), Path.of(args[2]));
    if (!dead.isEmpty()) {
      throw new IllegalStateException("dead links:\n" + String.join("\n", dead));
    }
  }

  /**
   * Writes it.
   *
   * @param project the root of the project
   * @param reference a document that is generated
   * @param target the directory to write to
   * @return the links that lead nowhere
   */
  static List<String> write(Path project, String reference, Path target) throws IOException {
    Files.createDirectories(target);
    var site = new Site(project, target.toRealPath());
    site.find();
    site.documents.add(new Document(REFERENCE, reference));
    return site.write();
  }

  private void find() throws IOException {
    try (Stream<Path> top = Files.list(project);
        Stream<Path> docs = Files.walk(project.resolve("docs"));
        Stream<Path> modules = Files.find(project, MODULE_DEPTH, this::isPageOfAModule)) {
      Stream<Path> all = Stream.of(top, docs, modules).flatMap(files -> files);
      for (Path file : all.distinct().sorted().toList()) {
        Path path = project.relativize(file);
        if (path.toString().endsWith(".md")) {
          documents.add(new Document(path, Files.readString(file)));
        } else if (path.toString().matches(".*\\.(svg|png|webp)|(.*/)?LICENSE")) {
          pictures.add(path);
        }
      }
    }
  }

  /** A README of its own has what a module whose users are others has, such as a guest's driver. */
  private boolean isPageOfAModule(Path file, BasicFileAttributes attributes) {
    return (file.endsWith("README.md") || file.endsWith("LICENSE"))
        && !project.relativize(file).toString().contains("target/");
  }

  private List<String> write() throws IOException {
    for (Path picture : pictures) {
      Path copy = site.resolve(picture);
      Files.createDirectories(copy.getParent());
      Files.copy(project.resolve(picture), copy, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.writeString(site.resolve("site.css"), resource("site.css"));
    var markdown = new Markdown(ApiIndex.of(site, site.resolve(API)));
    String template = resource("page.html");
    String navigation = navigation();
    for (Document document : documents) {
      write(document, markdown, template, navigation);
    }
    return DeadLinks.in(site, documents.stream().map(Document::page).toList());
  }

  private void write(Document document, Markdown markdown, String template, String navigation)
      throws IOException {
    Path page = document.page();
    String root = "../".repeat(page.getNameCount() - 1);
    var list =
        new Document(
            document.path().resolveSibling("list.md"), navigation.replace("](", "](" + root));
    String html =
        template
            .replace("{{root}}", root)
            .replace("{{title}}", Entities.escape(Markdown.title(document)))
            .replace("{{navigation}}", markdown.body(list))
            .replace("{{body}}", markdown.body(document));
    Path file = site.resolve(page);
    Files.createDirectories(file.getParent());
    Files.writeString(file, html);
  }

  /** The list of pages, as Markdown at the root; last are those that it has no place for. */
  private String navigation() throws IOException {
    String listed = resource("navigation.md");
    String unlisted =
        documents.stream()
            .filter(document -> !document.path().startsWith("docs/decisions"))
            .filter(document -> !listed.contains("](" + document.path() + ")"))
            .map(document -> "- [%s](%s)%n".formatted(Markdown.title(document), document.path()))
            .collect(Collectors.joining());
    return unlisted.isEmpty() ? listed : listed + "\n**More**\n\n" + unlisted;
  }

  private static String resource(String name) throws IOException {
    try (InputStream file = Objects.requireNonNull(Site.class.getResourceAsStream(name), name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
