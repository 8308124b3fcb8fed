package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.cli.JsonDocument;
import dev.aerostat.cli.JsonPaths;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What {@code passthrough} prints for programs is what docs/json.md says, no more and no less. */
final class PassthroughJsonTest {
  private static final Set<String> COMMON = Set.of("event", "guest", "seconds", "leftOut");

  private static final Map<Class<?>, Object> ARGUMENTS =
      Map.of(
          int.class,
          1,
          String.class,
          "words",
          Path.class,
          Path.of("s"),
          Duration.class,
          Duration.ofSeconds(4),
          EngineCounters.class,
          new EngineCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));

  /** Every event there is: none can be forgotten here. */
  @Test
  void eachEventHasTheKeysThatAreDocumented() throws IOException, ReflectiveOperationException {
    Map<String, Set<String>> printed = new TreeMap<>();
    for (Method method : PassthroughEvent.class.getDeclaredMethods()) {
      if (!Modifier.isPrivate(method.getModifiers())) {
        Object[] arguments =
            Arrays.stream(method.getParameterTypes()).map(ARGUMENTS::get).toArray();
        var event = (ServeEvent) method.invoke(null, arguments);
        Set<String> own = new TreeSet<>(keys(event));
        own.removeAll(COMMON);
        printed.put(event.name(), own);
      }
    }
    assertEquals(new TreeMap<>(new JsonDocument().events("passthrough")), printed);
  }

  private static Set<String> keys(ServeEvent event) throws IOException {
    var out = new ByteArrayOutputStream();
    var console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            System.err,
            Terminal.NONE);
    new ServeLog(console, true).tellOf(1, 5, event);
    return JsonPaths.of(out.toString(StandardCharsets.UTF_8));
  }
}
