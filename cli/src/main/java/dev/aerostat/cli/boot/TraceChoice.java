package dev.aerostat.cli.boot;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootWatcher;
import dev.aerostat.simulation.EventTrace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that writes each event of a run to a file. */
final class TraceChoice {
  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = {
        "Write each event as a line of this file, which is replaced if it is there. docs/trace.md"
            + " explains the columns."
      })
  private Optional<Path> file = Optional.empty();

  Optional<Path> file() {
    return file;
  }

  /**
   * Runs a simulation, and traces it if the user wants that.
   *
   * @throws IOException if the file cannot be written: the message names it and the reason
   */
  BootReport traced(BootWatcher watcher, Console.Work<BootReport> work)
      throws HostRefusedException, IOException {
    if (file.isEmpty()) {
      return work.run(watcher);
    }
    try (EventTrace trace = EventTrace.open(file.get(), watcher)) {
      return work.run(trace);
    } catch (UncheckedIOException notWritten) {
      throw notWritten.getCause();
    }
  }
}
