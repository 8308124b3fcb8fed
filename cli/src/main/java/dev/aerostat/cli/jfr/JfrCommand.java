package dev.aerostat.cli.jfr;

import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.JsonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aerostat jfr}. */
@Command(
    name = "jfr",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Sums up a Flight Recorder recording: what each engine in it did, and how long that took.",
      ""
    },
    footer = {
      "",
      "Any Java that runs an engine makes one, the command too:",
      "  JDK_JAVA_OPTIONS=-XX:StartFlightRecording:filename=boot.jfr aerostat boot --memory 8G",
      "  aerostat jfr boot.jfr",
      "'jfr print --categories Aerostat FILE', of the JDK, prints each event."
    })
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class JfrCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The recording, which must have ended.")
  private Path file;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private final Console console;

  /**
   * Creates the command.
   *
   * @param console where the user is
   */
  public JfrCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    List<RecordedEngine> engines = RecordingReader.engines(file);
    if (engines.isEmpty()) {
      throw new CommandFailedException(
          "'%s' has no events of an engine's: did one run while it was made?".formatted(file));
    }
    console.print(
        json
            ? JsonText.of(generator -> RecordedEngineJson.write(generator, engines))
            : engines.stream()
                .map(engine -> RecordedEngineText.of(engine, console.columns()))
                .collect(Collectors.joining("\n")));
    return 0;
  }
}
