package dev.aerostat.site;

import java.nio.file.Path;
import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** Markdown to HTML: headings with anchors, links from page to page, types with their Javadoc. */
final class Markdown {
  private static final List<Extension> EXTENSIONS =
      List.of(TablesExtension.create(), HeadingAnchorExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder().extensions(EXTENSIONS).build();

  private final ApiIndex api;

  /**
   * Renders documents of a site.
   *
   * @param api what code in them may name
   */
  Markdown(ApiIndex api) {
    this.api = api;
  }

  /** Returns the text of the first heading. */
  static String title(Document document) {
    var title = new StringBuilder();
    PARSER
        .parse(document.markdown())
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(Heading heading) {
                if (title.isEmpty()) {
                  super.visit(heading);
                }
              }

              @Override
              public void visit(Text text) {
                if (text.getParent() instanceof Heading) {
                  title.append(text.getLiteral());
                }
              }
            });
    return title.toString();
  }

  /** Returns the body of a document's page. */
  String body(Document document) {
    Node root = PARSER.parse(document.markdown());
    root.accept(new Linker(document.page()));
    return RENDERER.render(root);
  }

  /** Makes links lead to pages, and code that names a public type lead to its Javadoc. */
  private final class Linker extends AbstractVisitor {
    private final Path page;

    Linker(Path page) {
      this.page = page;
    }

    @Override
    public void visit(Link link) {
      link.setDestination(toPage(link.getDestination()));
      // What is in it has its destination already.
    }

    @Override
    public void visit(Heading heading) {
      // Headings are link targets, no links.
    }

    @Override
    public void visit(Code code) {
      api.pageOf(code.getLiteral())
          .ifPresent(
              type -> {
                var link = new Link(fromPage(type), null);
                code.insertBefore(link);
                link.appendChild(code);
              });
    }

    private String toPage(String destination) {
      int hash = destination.indexOf('#');
      String file = hash < 0 ? destination : destination.substring(0, hash);
      if (file.contains(":") || !file.endsWith(".md")) {
        return destination;
      }
      Path target = page.resolveSibling(file).normalize();
      return fromPage(Document.pageOf(target)) + (hash < 0 ? "" : destination.substring(hash));
    }

    private String fromPage(Path target) {
      Path directory = page.getParent();
      return (directory == null ? target : directory.relativize(target)).toString();
    }
  }
}
