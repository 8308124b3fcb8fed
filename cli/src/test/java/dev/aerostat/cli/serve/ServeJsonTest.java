package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.cli.JsonDocument;
import dev.aerostat.cli.JsonPaths;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.Terminal;
import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.vhost.user.VhostUserServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What {@code serve} prints for programs is what docs/json.md says, no key more and no key less.
 */
class ServeJsonTest {
  private static final String SECTION = "serve";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ServeLog log =
      new ServeLog(
          new Console(
              InputStream.nullInputStream(),
              new PrintStream(out, true, StandardCharsets.UTF_8),
              System.err,
              Terminal.NONE),
          true);
  private final JsonDocument document;

  ServeJsonTest() throws IOException {
    document = new JsonDocument();
  }

  private static List<ServeEvent> all(ServeEvent gone) {
    var refusal =
        new HostRefusedException(
            HostOperation.MAP,
            0x1000,
            0x2000,
            Errno.ENOSPC,
            new RefusalCause.EntryLimit(512),
            HostRefusedException.State.UNCHANGED);
    return List.of(
        ServeEvent.listening(Path.of("s"), Optional.empty()),
        ServeEvent.metrics("http://127.0.0.1:9"),
        ServeEvent.ended(Path.of("s")),
        ServeEvent.waiting(),
        ServeEvent.connected(1),
        ServeEvent.memoryShared(1 << 30, 2, 1 << 20),
        ServeEvent.noBalloon(1, "too small"),
        ServeEvent.driverUp(new ByteSize(4096)),
        ServeEvent.driverPaused(),
        ServeEvent.driverGoesOn(),
        ServeEvent.driverReset(),
        ServeEvent.gateOpened(new Progress(1 << 30, 0, 0, 0, true)),
        ServeEvent.gateClosed(),
        ServeEvent.fullyMapped(),
        ServeEvent.balloonEmpty(),
        ServeEvent.targetReached(1),
        ServeEvent.targetLimited(2, 1),
        ServeEvent.refused(refusal, 1),
        ServeEvent.sessionFailed("half a message"),
        ServeEvent.noReport("no space left"),
        gone);
  }

  private ServeEvent gone() {
    var settings =
        new ServeSettings(
            Strategy.ASYNC,
            Optional.empty(),
            VhostUserServer.settings(),
            MapperProvider.named("sim").orElseThrow(),
            Map.of());
    var diary = new GuestEventLog(1, log);
    return ServeEvent.gone(1, "", json -> GuestJson.write(json, settings, diary, Optional.empty()));
  }

  @Test
  void eachEventHasTheKeysThatAreDocumented() {
    Map<String, Set<String>> printed = new TreeMap<>();
    Map<String, Set<String>> documented = document.events(SECTION);
    Set<String> common = Set.of("event", "guest", "seconds", "leftOut");
    for (ServeEvent event : all(gone())) {
      out.reset();
      log.tellOf(1, 5, event);
      Set<String> keys = JsonPaths.of(out.toString(StandardCharsets.UTF_8));
      assertEquals(Set.of(), minus(common, keys), event.name());
      Set<String> own = minus(keys, common);
      if (event.name().equals("gone")) {
        assertEquals(minus(document.keys(SECTION), common), own);
        own = Set.of();
      }
      printed.put(event.name(), own);
    }
    assertEquals(documented.toString(), printed.toString());
  }

  private static Set<String> minus(Set<String> from, Set<String> what) {
    Set<String> left = new TreeSet<>(from);
    left.removeAll(what);
    return left;
  }

  @Test
  void noEventIsForgottenHere() {
    long events =
        Stream.of(ServeEvent.class.getDeclaredMethods())
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .filter(method -> !Modifier.isPrivate(method.getModifiers()))
            .filter(method -> method.getReturnType() == ServeEvent.class)
            .count();
    assertEquals(events, all(gone()).size());
  }

  @Test
  void answersToOrdersHaveTheKeysThatAreDocumented() {
    var orders = new Orders(new OperatorTarget(0), () -> {});
    for (String order : List.of("status", "target 5M", "land", "quit")) {
      JsonDocument.assertSame(
          document.keys("serve --control"), JsonPaths.of(orders.json(orders.obey(order))));
    }
  }
}
