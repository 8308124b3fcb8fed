package dev.aerostat.cli.options;

import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The options that choose a mapper. */
public class MapperChoice {
  /** The mapper that is used unless the user says otherwise. */
  public static final String DEFAULT = "sim";

  @Option(
      names = "--mapper",
      paramLabel = "NAME",
      defaultValue = DEFAULT,
      description = "The mapper plugin; 'aerostat mappers' lists them. Default: ${DEFAULT-VALUE}.")
  private String name = DEFAULT;

  @Option(
      names = "--mapper-option",
      paramLabel = "KEY=VALUE",
      description = {
        "A setting of the mapper; may be repeated. The mapper sim knows dma-entry-limit,"
            + " fail, iova-hole, memlock and rules, for example rules=iommufd or fail=map:nth=3."
      })
  private Map<String, String> options = new LinkedHashMap<>();

  /** Created by picocli. */
  MapperChoice() {}

  /**
   * Returns the mapper's name.
   *
   * @return the name of a plugin that is installed
   * @throws IllegalArgumentException if no plugin has it: the message lists those found
   */
  public final String name() {
    return plugin().name();
  }

  /**
   * Returns the mapper.
   *
   * @return the plugin
   * @throws IllegalArgumentException as {@link #name}
   */
  public final InstalledMapper plugin() {
    return MapperProvider.named(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no mapper '%s'; found: %s".formatted(name, found())));
  }

  /**
   * Returns the mapper's settings.
   *
   * @return by key, in the user's order
   */
  public Map<String, String> options() {
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
