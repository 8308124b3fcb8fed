package dev.aerostat.cli.selftest;

import dev.aerostat.cli.options.StacktraceOption;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.JsonText;
import dev.aerostat.cli.text.WrappedLine;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperAvailability;
import dev.aerostat.mapper.spi.MapperProvider;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** {@code aerostat mappers}. */
@Command(
    name = "mappers",
    mixinStandardHelpOptions = true,
    description = "Lists the mapper plugins found, and whether each can work here.%n")
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class MappersCommand implements Callable<Integer> {
  private static final int TEXT_COLUMN = 14;

  @Option(names = "--json", description = "Print a JSON array instead, an object for each.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final Console console;

  /**
   * Creates the command.
   *
   * @param console where the user is
   */
  public MappersCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<InstalledMapper> found = MapperProvider.installed();
    if (found.isEmpty()) {
      throw new CommandFailedException(
          "no mapper plugin found: put one's jar into a directory, and name that with --plugins");
    }
    console.print(json ? asJson(found) : asText(found));
    found.forEach(this::tellFailure);
    return 0;
  }

  private String asText(List<InstalledMapper> found) {
    return found.stream().map(this::line).collect(Collectors.joining());
  }

  private String line(InstalledMapper mapper) {
    String text =
        switch (mapper.availability()) {
          case MapperAvailability.Available(String detail) -> "available: " + detail;
          case MapperAvailability.Unavailable(String reason) -> "not available: " + reason;
        };
    return WrappedLine.of(
        "%-12s  %s".formatted(mapper.name(), text), TEXT_COLUMN, console.columns());
  }

  private static String asJson(List<InstalledMapper> found) {
    return JsonText.of(
        out -> {
          out.writeStartArray();
          found.forEach(mapper -> write(mapper, out));
          out.writeEndArray();
        });
  }

  private static void write(InstalledMapper mapper, JsonGenerator out) {
    MapperAvailability availability = mapper.availability();
    out.writeStartObject();
    out.writeStringProperty("mapper", mapper.name());
    out.writeBooleanProperty("available", availability instanceof MapperAvailability.Available);
    out.writeStringProperty(
        "availability",
        switch (availability) {
          case MapperAvailability.Available(String detail) -> detail;
          case MapperAvailability.Unavailable(String reason) -> reason;
        });
    out.writeBooleanProperty("simulated", mapper.simulated());
    out.writeStringProperty("provider", mapper.provider());
    mapper
        .location()
        .ifPresentOrElse(
            file -> out.writeStringProperty("location", file),
            () -> out.writeNullProperty("location"));
    out.writeEndObject();
  }

  /** A plugin that threw is listed with its words; where they came from is for its author. */
  private void tellFailure(InstalledMapper mapper) {
    mapper
        .failure()
        .ifPresent(
            thrown -> {
              if (StacktraceOption.isGiven(spec.root().commandLine().getParseResult())) {
                console.complain("mapper '%s' threw:".formatted(mapper));
                thrown.printStackTrace(console.err());
              } else {
                console.complain(
                    "mapper '%s' threw; %s shows where".formatted(mapper, StacktraceOption.NAME));
              }
            });
  }
}
