package dev.aerostat.cli;

import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The options that choose a mapper. */
class MapperChoice {
  @Option(
      names = "--mapper",
      paramLabel = "NAME",
      defaultValue = Defaults.MAPPER,
      description = "The mapper plugin; 'aerostat mappers' lists them. Default: ${DEFAULT-VALUE}.")
  private String name = Defaults.MAPPER;

  @Option(
      names = "--mapper-option",
      paramLabel = "KEY=VALUE",
      description = {
        "A setting of the mapper; may be repeated. The mapper sim knows dma-entry-limit,"
            + " fail, iova-hole, memlock and rules, for example rules=iommufd or fail=map:nth=3."
      })
  private Map<String, String> options = new LinkedHashMap<>();

  /**
   * Returns the mapper's name.
   *
   * @throws IllegalArgumentException if no plugin has it: the message lists those found
   */
  final String name() {
    return plugin().name();
  }

  /**
   * Returns the mapper.
   *
   * @throws IllegalArgumentException as {@link #name}
   */
  final InstalledMapper plugin() {
    return MapperProvider.named(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no mapper '%s'; found: %s".formatted(name, found())));
  }

  Map<String, String> options() {
    return options;
  }

  private static String found() {
    String names =
        MapperProvider.installed().stream()
            .map(InstalledMapper::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "none" : names;
  }
}
