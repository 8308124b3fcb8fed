package dev.aerostat.cli.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that choose a mapper where it may be one of this host, with devices. */
public final class HostMapperChoice extends MapperChoice {
  private static final String DEVICE = "device";

  @Option(
      names = "--device",
      paramLabel = "ADDRESS",
      description = {
        "A device that the mapper maps for, such as 0000:00:05.0; may be repeated. Short for"
            + " --mapper-option device=ADDRESS,ADDRESS."
      })
  private List<String> devices = new ArrayList<>();

  /** Created by picocli. */
  HostMapperChoice() {}

  @Override
  public Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>(super.options());
    devices.forEach(device -> options.merge(DEVICE, device, (first, next) -> first + "," + next));
    return options;
  }
}
