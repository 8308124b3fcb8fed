package dev.aerostat.mapper.vfio;

import static java.util.stream.Collectors.joining;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.HostExamination;
import dev.aerostat.mapper.spi.HostFinding;
import dev.aerostat.mapper.spi.MapperAvailability;
import dev.aerostat.mapper.spi.MapperName;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.memory.linux.syscall.NativeAccess;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The mapper {@code vfio}: real devices behind a real IOMMU.
 *
 * <p>Its option {@code device} is the PCI address of a device bound to vfio-pci or a variant of it,
 * such as {@code 0000:00:05.0}; several are separated by commas and share one address space. Its
 * option {@code backend} is {@code iommufd} or {@code type1}; without it iommufd is used where this
 * process may open its files, else type1 ({@link VfioMapper#open(List)}).
 *
 * <p>Safe for use by any thread.
 */
@MapperName("vfio")
public final class VfioMapperProvider implements MapperProvider {
  private static final String DEVICE = "device";
  private static final String BACKEND = "backend";
  private static final Pattern COMMA = Pattern.compile(",");

  private final VfioHost host;

  /** Creates the provider, as ServiceLoader does. */
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
            "VFIO by %s; bound to a VFIO driver: %s"
                .formatted(
                    host.backends().stream().map(VfioBackend::toString).collect(joining(" or ")),
                    String.join(", ", host.boundDevices())));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Devices are PCI addresses, as the option {@code device} has them; without any, all that are
   * bound to a VFIO driver are examined.
   */
  @Override
  public List<HostFinding> examine(HostExamination examination) {
    return VfioExamination.of(examination);
  }

  @Override
  public DmaMapper open(MapperRequest request) throws HostRefusedException {
    List<PciAddress> devices = devices(request.options());
    Optional<VfioBackend> backend = backend(request.options());
    return VfioMapper.open(devices, backend.orElseGet(() -> host.preferred(devices)));
  }

  static List<PciAddress> devices(Map<String, String> options) {
    options.keySet().stream()
        .filter(name -> !name.equals(DEVICE) && !name.equals(BACKEND))
        .findFirst()
        .ifPresent(
            unknown -> {
              throw new IllegalArgumentException(
                  "mapper 'vfio' has no option '%s'; it knows device and backend"
                      .formatted(unknown));
            });
    String value = options.getOrDefault(DEVICE, "");
    if (value.isBlank()) {
      throw new IllegalArgumentException(
          "mapper 'vfio' needs device=ADDRESS, such as device=0000:00:05.0");
    }
    return COMMA.splitAsStream(value).map(String::strip).map(PciAddress::new).toList();
  }

  static Optional<VfioBackend> backend(Map<String, String> options) {
    String value = options.getOrDefault(BACKEND, "");
    return value.isBlank() ? Optional.empty() : Optional.of(backend(value));
  }

  private static VfioBackend backend(String name) {
    return Arrays.stream(VfioBackend.values())
        .filter(backend -> backend.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "backend=%s: expected type1 or iommufd".formatted(name)));
  }
}
