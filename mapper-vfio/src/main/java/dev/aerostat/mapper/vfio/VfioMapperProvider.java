package dev.aerostat.mapper.vfio;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperAvailability;
import dev.aerostat.mapper.spi.MapperName;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.memory.linux.syscall.NativeAccess;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The mapper {@code vfio}: real devices behind a real IOMMU.
 *
 * <p>Its option {@code device} is the PCI address of a device bound to vfio-pci, such as {@code
 * 0000:00:05.0}; several are separated by commas and share one container.
 *
 * <p>Safe for use by any thread.
 */
@MapperName("vfio")
public final class VfioMapperProvider implements MapperProvider {
  private static final String DEVICE = "device";
  private static final Pattern COMMA = Pattern.compile(",");

  private final VfioHost host;

  /** Makes the provider, as ServiceLoader does. */
  public VfioMapperProvider() {
    this(VfioHost.LOCAL);
  }

  VfioMapperProvider(VfioHost host) {
    this.host = host;
  }

  /** {@inheritDoc} Reads /sys and /dev; opens no device. */
  @Override
  public MapperAvailability availability() {
    Optional<String> missing = host.missing().or(NativeAccess::missing);
    return missing.isPresent()
        ? new MapperAvailability.Unavailable(missing.get())
        : new MapperAvailability.Available(
            "VFIO type1v2; bound to vfio-pci: " + String.join(", ", host.boundDevices()));
  }

  @Override
  public DmaMapper open(MapperRequest request) throws HostRefusedException {
    return VfioMapper.open(devices(request.options()));
  }

  static List<PciAddress> devices(Map<String, String> options) {
    options.keySet().stream()
        .filter(name -> !name.equals(DEVICE))
        .findFirst()
        .ifPresent(
            unknown -> {
              throw new IllegalArgumentException(
                  "mapper 'vfio' has no option '%s'; it knows device".formatted(unknown));
            });
    String value = options.getOrDefault(DEVICE, "");
    if (value.isBlank()) {
      throw new IllegalArgumentException(
          "mapper 'vfio' needs device=ADDRESS, such as device=0000:00:05.0");
    }
    return COMMA.splitAsStream(value).map(String::strip).map(PciAddress::new).toList();
  }
}
