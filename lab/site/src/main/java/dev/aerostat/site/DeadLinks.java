package dev.aerostat.site;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;

/** Looks for links that lead nowhere. */
final class DeadLinks {
  private final Path site;
  private final Map<Path, Set<String>> anchors = new HashMap<>();

  private DeadLinks(Path site) {
    this.site = site;
  }

  /**
   * Returns the links of some pages to a file, or a place in a page, that is not there. Links out
   * of the site are not followed.
   *
   * @param site the directory of the site
   * @param pages those looked at, from there
   * @return a line for each: the page, and where it leads
   */
  static List<String> in(Path site, List<Path> pages) throws IOException {
    var search = new DeadLinks(site);
    var dead = new ArrayList<String>();
    for (Path page : pages) {
      for (Element element :
          Jsoup.parse(site.resolve(page)).select("a[href], img[src], link[href], script[src]")) {
        String target = element.hasAttr("href") ? element.attr("href") : element.attr("src");
        if (!search.leadsSomewhere(page, target)) {
          dead.add("%s leads to %s, which is not there".formatted(page, target));
        }
      }
    }
    return dead;
  }

  private boolean leadsSomewhere(Path page, String target) throws IOException {
    URI uri = URI.create(target);
    if (uri.isAbsolute()) {
      return true;
    }
    String path = Optional.ofNullable(uri.getPath()).orElse("");
    Path file = (path.isEmpty() ? site.resolve(page) : site.resolve(page).resolveSibling(path));
    Path normal = file.normalize();
    String anchor = uri.getFragment();
    return normal.startsWith(site)
        && Files.isRegularFile(normal)
        && (anchor == null || anchorsOf(normal).contains(anchor));
  }

  private Set<String> anchorsOf(Path file) throws IOException {
    Set<String> known = anchors.get(file);
    if (known == null) {
      known =
          Jsoup.parse(file).select("[id], a[name]").stream()
              .map(element -> element.id().isEmpty() ? element.attr("name") : element.id())
              .collect(Collectors.toUnmodifiableSet());
      anchors.put(file, known);
    }
    return known;
  }
}
