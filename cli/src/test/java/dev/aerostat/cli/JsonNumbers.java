package dev.aerostat.cli;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The numbers of a JSON object by their paths, such as {@code map.bytes}; none of its arrays. */
final class JsonNumbers {
  private final Map<String, Long> numbers = new HashMap<>();

  /** Reads the whole text: one that is no JSON throws. */
  JsonNumbers(String text) {
    var path = new ArrayDeque<String>();
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        switch (token) {
          case START_OBJECT -> path.addLast("");
          case END_OBJECT -> path.removeLast();
          case START_ARRAY -> json.skipChildren();
          case PROPERTY_NAME -> {
            path.removeLast();
            path.addLast(json.currentName());
          }
          case VALUE_NUMBER_INT -> numbers.put(String.join(".", path), json.getLongValue());
          default -> {}
        }
      }
    }
  }

  /** Returns a number that must be there. */
  long number(String path) {
    return Optional.ofNullable(numbers.get(path))
        .orElseThrow(() -> new AssertionError("no number " + path + " in " + numbers));
  }
}
