package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the command prints, by {@code docs/json.md}. */
public final class JsonDocument {
  private static final Pattern SECTION = Pattern.compile("(?ms)^## (.*?)$(.*?)(?=^## |\\z)");
  private static final Pattern TABLE =
      Pattern.compile("(?m)^\\| (`?\\w+`?) \\|.*\\n((?:\\|.*\\n)+)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private final Map<String, String> sections = new LinkedHashMap<>();

  /** Reads the document. */
  public JsonDocument() throws IOException {
    SECTION
        .matcher(Files.readString(Path.of("../docs/json.md")))
        .results()
        .forEach(section -> sections.put(section.group(1), section.group(2)));
  }

  /** Returns the commands that have a section. */
  Set<String> commands() {
    return sections.keySet().stream()
        .flatMap(title -> Arrays.stream(title.split(", ")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the keys that the tables of a section list. */
  public Set<String> keys(String title) {
    return rows(title, "key").stream()
        .map(JsonDocument::firstName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the events of a section, each with the keys that are its own. */
  public Map<String, Set<String>> events(String title) {
    Map<String, Set<String>> events = new TreeMap<>();
    for (String row : rows(title, "`event`")) {
      String[] cells = row.split("\\|", -1);
      Set<String> keys = new TreeSet<>();
      CODE.matcher(cells[3].replaceAll("\\(.*?\\)", ""))
          .results()
          .forEach(it -> keys.add(it.group(1)));
      events.put(firstName(row), keys);
    }
    return events;
  }

  private List<String> rows(String title, String header) {
    return TABLE
        .matcher(sections.getOrDefault(title, ""))
        .results()
        .filter(table -> table.group(1).equals(header))
        .flatMap(table -> table.group(2).lines().skip(1))
        .toList();
  }

  private static String firstName(String row) {
    return CODE.matcher(row).results().map((MatchResult it) -> it.group(1)).findFirst().orElse(row);
  }

  /** Fails unless what is printed is what is documented; an object that may be null is its keys. */
  public static void assertSame(Set<String> documented, Set<String> printed) {
    assertEquals(withoutParents(documented), withoutParents(printed));
  }

  private static String withoutParents(Set<String> paths) {
    return paths.stream()
        .filter(path -> paths.stream().noneMatch(other -> other.startsWith(path + ".")))
        .collect(Collectors.joining("\n"));
  }
}
