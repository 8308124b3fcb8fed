package dev.aerostat.cli.report;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.Release;
import dev.aerostat.simulation.BootWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option that writes a page about what a command did. */
@SuppressWarnings("NullAway.Init") // picocli sets the command
public final class ReportChoice {
  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = {
        "Write a page about it, for a browser: timeline, charts, all figures. One file, which is"
            + " replaced if it is there. docs/report.md explains what it shows."
      })
  private Optional<Path> file = Optional.empty();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** Created by picocli. */
  public ReportChoice() {}

  /**
   * Returns the page's file.
   *
   * @return empty if the user wants no page
   */
  public Optional<Path> file() {
    return file;
  }

  /**
   * Checks that the page can be written, and takes no other file's place; call it before anything
   * runs.
   *
   * @param other a file that the command reads or writes, if it does
   * @param what it is, such as {@code the trace}
   * @throws IllegalArgumentException if it is the page's file too
   * @throws IOException if the page cannot be written: the message names the file and the reason
   */
  public void checkBeside(Optional<Path> other, String what) throws IOException {
    if (file.isEmpty()) {
      return;
    }
    new ReportFile(file.get()).check();
    if (other.isPresent() && same(file.get(), other.get())) {
      throw new IllegalArgumentException(
          "--report %s is %s: choose another file".formatted(file.get(), what));
    }
  }

  private static boolean same(Path one, Path other) throws IOException {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())
        || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
  }

  /**
   * Does work that is recorded if the user wants a page.
   *
   * @param <T> what comes of it
   * @param watcher told of the progress
   * @param work called once
   * @return what came of it, and what was seen
   * @throws HostRefusedException as the work does
   * @throws IOException as the work does
   */
  public <T> Recorded<T> recorded(BootWatcher watcher, Console.Work<T> work)
      throws HostRefusedException, IOException {
    if (file.isEmpty()) {
      return new Recorded<>(work.run(watcher), List.of());
    }
    var recorder = new BootRecorder(watcher);
    T result = work.run(recorder);
    return new Recorded<>(result, List.of(recorder.record()));
  }

  /**
   * What came of work, and what was seen of it. Immutable.
   *
   * @param <T> what comes of it
   * @param result what came of it
   * @param records what was seen, if the user wants a page: one, or none
   */
  public record Recorded<T>(T result, List<BootRecord> records) {}

  /**
   * Writes the page, if the user wants one.
   *
   * @param content makes what stands on it
   * @throws IOException if it cannot be written: the message names the file and the reason
   */
  public void write(Supplier<ReportContent> content) throws IOException {
    if (file.isPresent()) {
      write(file.get(), content.get());
    }
  }

  /**
   * Writes the page about one of several guests.
   *
   * @param guest its number: 1 has the file that the user named, the others one with a number
   * @param content what stands on it
   * @throws IOException if it cannot be written: the message names the file and the reason
   */
  public void write(int guest, ReportContent content) throws IOException {
    if (file.isPresent()) {
      write(numbered(file.get(), guest), content);
    }
  }

  private void write(Path path, ReportContent content) throws IOException {
    new ReportFile(path)
        .write(
            ReportPage.of(
                content,
                CommandWords.of(command.root().commandLine().getParseResult().originalArgs()),
                Release.name(),
                Instant.now()));
  }

  /** Returns the file of a guest: {@code boot.html}, then {@code boot-2.html}. */
  static Path numbered(Path file, int guest) {
    if (guest == 1) {
      return file;
    }
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    int end = dot > 0 ? dot : name.length();
    return file.resolveSibling(
        "%s-%d%s".formatted(name.substring(0, end), guest, name.substring(end)));
  }
}
