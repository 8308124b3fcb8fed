package dev.aerostat.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pages of the public types, by the types' simple names. */
final class ApiIndex {
  /** A type, and a member behind it at will: {@code Gate}, {@code AsyncDmaMap.device()}. */
  private static final Pattern CODE = Pattern.compile("([A-Z]\\w+)(\\.[\\w.]+)?(\\(.*\\))?");

  /** Javadoc's own pages have a hyphen in their names, as in {@code package-summary.html}. */
  private static final Pattern TYPE_PAGE = Pattern.compile("([A-Z]\\w*)\\.html");

  private final Map<String, Path> pages = new HashMap<>();

  /** Returns an index of what the javadoc tool wrote, empty if it wrote nothing. */
  static ApiIndex of(Path site, Path api) throws IOException {
    var index = new ApiIndex();
    if (!Files.isDirectory(api)) {
      return index;
    }
    Set<String> ambiguous = new HashSet<>();
    try (Stream<Path> files = Files.walk(api)) {
      for (Path file : files.toList()) {
        Matcher type = TYPE_PAGE.matcher(file.getFileName().toString());
        if (type.matches() && index.pages.put(type.group(1), site.relativize(file)) != null) {
          ambiguous.add(type.group(1));
        }
      }
    }
    index.pages.keySet().removeAll(ambiguous);
    return index;
  }

  /** Returns the page of the type that a piece of code begins with, from the site's root. */
  Optional<Path> pageOf(String code) {
    Matcher matcher = CODE.matcher(code);
    return matcher.matches() ? Optional.ofNullable(pages.get(matcher.group(1))) : Optional.empty();
  }
}
