package dev.aerostat.cli.options;

import dev.aerostat.cli.text.Spelling;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that choose a mapper. */
public class MapperChoice {
  /** The mapper that is used unless the user names another. */
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
  private List<MapperSetting> settings = new ArrayList<>();

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
                    "there is no mapper '%s'; found: %s%s".formatted(name, found(), advice())));
  }

  /**
   * Returns the mapper's settings.
   *
   * @return by key, in the user's order
   * @throws IllegalArgumentException if one is given twice: the message names both values
   */
  public Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    for (MapperSetting setting : settings) {
      String first = options.putIfAbsent(setting.key(), setting.value());
      if (first != null) {
        throw new IllegalArgumentException(
            "--mapper-option %1$s is given twice, as %1$s=%2$s and %1$s=%3$s: expected only once"
                .formatted(setting.key(), first, setting.value()));
      }
    }
    return options;
  }

  private String advice() {
    String question = Spelling.question(name, names());
    return question.isEmpty() ? "; name a plugin's directory with --plugins" : question;
  }

  private static String found() {
    List<String> names = names();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static List<String> names() {
    return MapperProvider.installed().stream().map(InstalledMapper::name).toList();
  }
}
