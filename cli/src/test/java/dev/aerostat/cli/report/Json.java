package dev.aerostat.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A JSON text, flat: each value by its path, such as {@code figures.timeline.dmaReadyNanos}. */
final class Json {
  private final Map<String, String> values = new LinkedHashMap<>();

  private Json() {}

  /** Reads the whole text: one that is no JSON throws. */
  static Json of(String text) {
    var json = new Json();
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      json.read(parser, parser.nextToken(), "");
    }
    return json;
  }

  private void read(JsonParser parser, JsonToken token, String path) {
    switch (token) {
      case START_OBJECT -> {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          read(parser, parser.nextToken(), path.isEmpty() ? name : path + "." + name);
        }
      }
      case START_ARRAY -> {
        int index = 0;
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          read(parser, next, path + "[" + index++ + "]");
        }
      }
      default -> values.put(path, parser.getString());
    }
  }

  /** Returns all values, those that are null as {@code null}, in their order. */
  Map<String, String> values() {
    return values;
  }

  /** Returns a value, empty if there is none. */
  String get(String path) {
    return values.getOrDefault(path, "");
  }

  boolean has(String path) {
    return values.containsKey(path)
        || values.keySet().stream().anyMatch(key -> key.startsWith(path + "."));
  }

  /** Returns the values whose paths match, in their order. */
  List<String> all(String pathPattern) {
    List<String> found = new ArrayList<>();
    values.forEach(
        (path, value) -> {
          if (path.matches(pathPattern)) {
            found.add(value);
          }
        });
    return found;
  }
}
