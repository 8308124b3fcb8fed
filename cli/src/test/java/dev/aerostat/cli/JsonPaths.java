package dev.aerostat.cli;

import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The keys of a JSON text by their paths: {@code map.bytes}, {@code clauses[].outcome}. */
public final class JsonPaths {
  private final Set<String> paths = new TreeSet<>();
  private final JsonParser json;

  private JsonPaths(JsonParser json) {
    this.json = json;
  }

  /**
   * Reads an object, or an array of them. A key whose value is an object has a path of its own only
   * if that object is empty.
   */
  public static Set<String> of(String text) {
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      var reader = new JsonPaths(json);
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        reader.value("", token);
      }
      return reader.paths;
    }
  }

  private void value(String path, JsonToken token) {
    int before = paths.size();
    switch (token) {
      case START_OBJECT -> {
        for (JsonToken next = json.nextToken();
            next != JsonToken.END_OBJECT;
            next = json.nextToken()) {
          String name = json.currentName();
          value(path.isEmpty() ? name : path + "." + name, json.nextToken());
        }
      }
      case START_ARRAY -> {
        for (JsonToken next = json.nextToken();
            next != JsonToken.END_ARRAY;
            next = json.nextToken()) {
          value(path.isEmpty() ? "" : path + "[]", next);
        }
        return;
      }
      default -> {}
    }
    if (paths.size() == before && !path.isEmpty()) {
      paths.add(path);
    }
  }
}
