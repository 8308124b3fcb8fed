package dev.aerostat.cli.selftest;

import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperAvailability;
import dev.aerostat.mapper.spi.MapperProvider;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code aerostat mappers}. */
@Command(
    name = "mappers",
    mixinStandardHelpOptions = true,
    description = "Lists the mapper plugins found, and whether each can work here.%n")
public final class MappersCommand implements Callable<Integer> {
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
          "no mapper plugin found: put one's module on the module path");
    }
    console.print(found.stream().map(MappersCommand::line).collect(Collectors.joining()));
    return 0;
  }

  private static String line(InstalledMapper mapper) {
    return "%-12s  %s\n"
        .formatted(
            mapper.name(),
            switch (mapper.availability()) {
              case MapperAvailability.Available(String detail) -> "available: " + detail;
              case MapperAvailability.Unavailable(String reason) -> "not available: " + reason;
            });
  }
}
