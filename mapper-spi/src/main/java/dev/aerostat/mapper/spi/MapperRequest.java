package dev.aerostat.mapper.spi;

import dev.aerostat.api.GuestMemory;
import java.util.Map;

/**
 * What a mapper is opened for. Immutable.
 *
 * @param memory the guest's RAM
 * @param options the plugin's own settings by name; a plugin refuses names it does not know
 * @param prefaultThreads threads that will populate at the same time, 1 or more
 * @param meter where a simulated host puts its costs; others ignore it
 */
public record MapperRequest(
    GuestMemory memory, Map<String, String> options, int prefaultThreads, CostMeter meter) {
  /**
   * Checks the request.
   *
   * @throws IllegalArgumentException if {@code prefaultThreads} is less than 1
   */
  public MapperRequest {
    options = Map.copyOf(options);
    if (prefaultThreads < 1) {
      throw new IllegalArgumentException(
          "prefault threads must be 1 or more, not " + prefaultThreads);
    }
  }

  /**
   * Asks for a mapper in real time with its default settings and one worker.
   *
   * @param memory the guest's RAM
   * @return the request
   */
  public static MapperRequest of(GuestMemory memory) {
    return new MapperRequest(memory, Map.of(), 1, CostMeter.realTime());
  }
}
