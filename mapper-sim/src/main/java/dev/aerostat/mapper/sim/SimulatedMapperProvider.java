package dev.aerostat.mapper.sim;

import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperAvailability;
import dev.aerostat.mapper.spi.MapperName;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;

/**
 * The mapper {@code sim}: a host in software, available everywhere.
 *
 * <table>
 *   <caption>Its options</caption>
 *   <tr><th>name</th><th>value</th><th>default</th></tr>
 *   <tr><td>{@code rules}</td><td>{@code type1v2} or {@code iommufd}</td>
 *       <td>{@code type1v2}</td></tr>
 *   <tr><td>{@code dma-entry-limit}</td><td>mappings at once, type1v2 only</td>
 *       <td>65535</td></tr>
 *   <tr><td>{@code memlock}</td><td>RLIMIT_MEMLOCK: a size such as {@code 64M}, or {@code
 *       unlimited}</td><td>{@code unlimited}</td></tr>
 *   <tr><td>{@code iova-hole}</td><td>addresses that cannot be translated, {@code START-END},
 *       END exclusive; several with commas</td><td>none but x86's interrupt window</td></tr>
 *   <tr><td>{@code fail}</td><td>faults to order, several with commas: {@code
 *       OPERATION:KEY=VALUE[:KEY=VALUE…]}</td><td>none</td></tr>
 * </table>
 *
 * <p>Sizes and addresses are decimal or {@code 0x} hexadecimal, and may end in {@code K}, {@code
 * M}, {@code G} or {@code T} (powers of 1024).
 *
 * <p>A fault's operation is {@code map}, {@code unmap}, {@code populate} or {@code discard}. Which
 * of its calls fail is said by one of {@code nth=N} (the Nth call, counted from 1), {@code rate=R}
 * (a share from 0 to 1, by chance, with {@code seed=S}, 0 by default) and {@code range=START-END}
 * (calls that touch these guest-physical addresses). {@code times=N} ends it after N failures,
 * {@code times=forever} never does; the default is once for {@code nth} and forever for the others.
 * {@code nth=3:times=2} fails calls 3 and 4.
 *
 * <p>Safe for use by any thread.
 */
@MapperName("sim")
public final class SimulatedMapperProvider implements MapperProvider {
  /** Creates the provider, as ServiceLoader does. */
  public SimulatedMapperProvider() {}

  /** {@inheritDoc} Always available. */
  @Override
  public MapperAvailability availability() {
    return new MapperAvailability.Available(
        "a host in software, no device needed; rules=type1v2 (%d mappings) or iommufd; options %s"
            .formatted(SimulatedHost.DEFAULT_DMA_ENTRY_LIMIT, HostOptions.knownNames()));
  }

  @Override
  public boolean simulated() {
    return true;
  }

  /** {@inheritDoc} Never refuses. */
  @Override
  public DmaMapper open(MapperRequest request) {
    return SimulatedMapper.open(SimulatedHost.fromOptions(request.options()), request);
  }
}
