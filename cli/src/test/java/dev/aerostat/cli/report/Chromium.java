package dev.aerostat.cli.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A headless Chromium with one page, without network, by its DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol). Knows what the page asked for and what it
 * complained of.
 */
final class Chromium implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;
  private static final String LISTENING = "DevTools listening on ";

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<Json>> answers = new ConcurrentHashMap<>();
  private final List<Json> events = new CopyOnWriteArrayList<>();
  private String session = "";
  private int calls;

  private Chromium(Process process, URI devTools) {
    this.process = process;
    this.socket = http.newWebSocketBuilder().buildAsync(devTools, new Messages()).join();
  }

  /** Finds the program on the PATH. */
  static Optional<Path> program() {
    return Pattern.compile(":")
        .splitAsStream(System.getenv().getOrDefault("PATH", ""))
        .flatMap(
            directory ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(Path.of(directory)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it, with nothing but an empty page. */
  static Chromium start(Path program, Path profile) throws IOException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      var chromium = new Chromium(process, devTools(process));
      chromium.openPage();
      return chromium;
    } catch (IOException | RuntimeException failure) {
      process.destroyForcibly();
      throw failure;
    }
  }

  private static URI devTools(Process process) throws IOException {
    List<String> said = new ArrayList<>();
    var err =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      if (line.startsWith(LISTENING)) {
        drain(err);
        return URI.create(line.substring(LISTENING.length()).strip());
      }
      said.add(line);
    }
    throw new IOException("Chromium did not start: " + String.join("\n", said));
  }

  /** Nobody waits for a reader of the rest. */
  private static void drain(BufferedReader err) {
    var _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (err) {
                    var _ = err.lines().count();
                  } catch (IOException | UncheckedIOException ended) {
                    // So has the process.
                  }
                });
  }

  private void openPage() {
    String target = call("Target.createTarget", "\"url\":\"about:blank\"").get("result.targetId");
    session =
        call("Target.attachToTarget", "\"targetId\":\"%s\",\"flatten\":true".formatted(target))
            .get("result.sessionId");
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", "");
    }
  }

  /** Opens a file in a window of this width, in the light theme or the dark one. */
  void open(Path file, int width, boolean dark) {
    events.clear();
    call(
        "Emulation.setDeviceMetricsOverride",
        "\"width\":%d,\"height\":900,\"deviceScaleFactor\":1,\"mobile\":%b"
            .formatted(width, width < 500));
    call(
        "Emulation.setEmulatedMedia",
        "\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"%s\"}]"
            .formatted(dark ? "dark" : "light"));
    call("Page.navigate", "\"url\":\"%s\"".formatted(file.toUri()));
    // The last child that the script makes; two frames later the charts are drawn.
    evaluate(
        """
        new Promise(done => {
          const look = () => document.querySelector('footer')
            ? requestAnimationFrame(() => requestAnimationFrame(() => done('')))
            : requestAnimationFrame(look);
          look();
        })""");
  }

  /** Returns what an expression comes to, as text; a promise is waited for. */
  String evaluate(String expression) {
    Json answer =
        call(
            "Runtime.evaluate",
            "\"awaitPromise\":true,\"returnByValue\":true,\"expression\":" + quoted(expression));
    if (answer.has("result.exceptionDetails")) {
      throw new IllegalStateException(answer.values().toString());
    }
    return answer.get("result.result.value");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  /** Takes a picture of the whole page. */
  byte[] screenshot() {
    return Base64.getDecoder()
        .decode(
            call("Page.captureScreenshot", "\"format\":\"png\",\"captureBeyondViewport\":true")
                .get("result.data"));
  }

  /** Returns the addresses that the page asked for since it was opened. */
  List<String> requests() {
    return eventsOf("Network.requestWillBeSent", "params.request.url");
  }

  /** Returns what went wrong since the page was opened, as the console shows it. */
  List<String> complaints() {
    return Stream.of(
            eventsOf("Runtime.exceptionThrown", "params.exceptionDetails.exception.description"),
            eventsOf("Runtime.consoleAPICalled", "params.args[0].value"),
            eventsOf("Log.entryAdded", "params.entry.text"))
        .flatMap(List::stream)
        .toList();
  }

  private List<String> eventsOf(String method, String path) {
    return events.stream()
        .filter(event -> event.get("method").equals(method))
        .map(event -> event.get(path))
        .toList();
  }

  private synchronized Json call(String method, String parameters) {
    int id = ++calls;
    var answer = new CompletableFuture<Json>();
    answers.put(id, answer);
    String in = session.isEmpty() ? "" : "\"sessionId\":\"%s\",".formatted(session);
    var _ =
        socket
            .sendText(
                "{\"id\":%d,%s\"method\":\"%s\",\"params\":{%s}}"
                    .formatted(id, in, method, parameters),
                true)
            .join();
    Json said = answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    if (said.has("error")) {
      throw new IllegalStateException(method + ": " + said.values());
    }
    return said;
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        hear(Json.of(message.toString()));
        message.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }

    private void hear(Json said) {
      if (said.has("id")) {
        Optional.ofNullable(answers.remove(Integer.parseInt(said.get("id"))))
            .ifPresent(answer -> answer.complete(said));
      } else {
        events.add(said);
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
    http.close();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }
}
