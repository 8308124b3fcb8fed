package dev.aerostat.mapper.sim;

import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The settings of a simulated host. Immutable.
 *
 * @param rules whose rules it keeps
 * @param dmaEntryLimit mappings that a container holds at once, 1 or more; counts under {@link
 *     KernelRules#TYPE1V2} only
 * @param memlockBytes RLIMIT_MEMLOCK of a process without CAP_IPC_LOCK, 0 or more; empty for a
 *     process that may lock all it wants
 * @param pageSizes the IOMMU's page sizes, one bit each; no page is smaller than 4 KiB
 * @param iovaRanges what can be translated, disjoint and ascending
 * @param costs what its work costs
 * @param faults when it fails
 */
public record SimulatedHost(
    KernelRules rules,
    long dmaEntryLimit,
    OptionalLong memlockBytes,
    long pageSizes,
    List<IovaRange> iovaRanges,
    HostCosts costs,
    List<FaultOrder> faults) {
  /** The default of the module parameter {@code vfio_iommu_type1.dma_entry_limit}: U16_MAX. */
  public static final long DEFAULT_DMA_ENTRY_LIMIT = 65_535;

  /** What an Intel IOMMU reports: 4 KiB, 2 MiB and 1 GiB. */
  private static final long INTEL_PAGE_SIZES = 0x40201000L;

  /**
   * All but the window that x86 keeps for message-signalled interrupts, which IOMMU drivers
   * reserve; 48 bits wide, as a four-level IOMMU page table is.
   */
  private static final List<IovaRange> INTEL_IOVA_RANGES =
      List.of(new IovaRange(0, 0xfee0_0000L), new IovaRange(0xfef0_0000L, 1L << 48));

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a value is outside its legal range
   */
  public SimulatedHost {
    iovaRanges = List.copyOf(iovaRanges);
    faults = List.copyOf(faults);
    if (dmaEntryLimit < 1) {
      throw new IllegalArgumentException(
          "the DMA entry limit must be 1 or more, not " + dmaEntryLimit);
    }
    if (memlockBytes.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "the memory lock limit must not be negative: " + memlockBytes.getAsLong());
    }
    if (Long.lowestOneBit(pageSizes) < 4096) {
      throw new IllegalArgumentException(
          "page sizes 0x%x: expected one bit a size, none below 4096".formatted(pageSizes));
    }
    var _ = new MapperLimits(pageSizes, dmaEntryLimit, iovaRanges, false);
  }

  /**
   * Returns a typical server: type1v2, 65,535 entries, no limit on locked memory, an Intel IOMMU.
   *
   * @return its settings
   */
  public static SimulatedHost typical() {
    return new SimulatedHost(
        KernelRules.TYPE1V2,
        DEFAULT_DMA_ENTRY_LIMIT,
        OptionalLong.empty(),
        INTEL_PAGE_SIZES,
        INTEL_IOVA_RANGES,
        HostCosts.typical(),
        List.of());
  }

  /**
   * Returns a typical server changed by options, as {@link SimulatedMapperProvider} lists them.
   *
   * @param options values by name
   * @return its settings
   * @throws IllegalArgumentException if an option is unknown or its value cannot be used: the
   *     message names it, what was expected, and the known names
   */
  public static SimulatedHost fromOptions(Map<String, String> options) {
    return HostOptions.apply(typical(), options);
  }

  /**
   * Changes the rules.
   *
   * @param newRules whose rules it keeps
   * @return a host like this but for that
   */
  public SimulatedHost withRules(KernelRules newRules) {
    return new SimulatedHost(
        newRules, dmaEntryLimit, memlockBytes, pageSizes, iovaRanges, costs, faults);
  }

  /**
   * Changes the number of mappings a container holds.
   *
   * @param limit 1 or more
   * @return a host like this but for that
   * @throws IllegalArgumentException if the limit is less than 1
   */
  public SimulatedHost withDmaEntryLimit(long limit) {
    return new SimulatedHost(rules, limit, memlockBytes, pageSizes, iovaRanges, costs, faults);
  }

  /**
   * Limits how much memory the process may lock.
   *
   * @param bytes 0 or more
   * @return a host like this but for that
   * @throws IllegalArgumentException if the limit is negative
   */
  public SimulatedHost withMemlock(long bytes) {
    return new SimulatedHost(
        rules, dmaEntryLimit, OptionalLong.of(bytes), pageSizes, iovaRanges, costs, faults);
  }

  /**
   * Changes the IOMMU's page sizes.
   *
   * @param sizes one bit a size, none below 4 KiB
   * @return a host like this but for that
   * @throws IllegalArgumentException if there is no size, or one below 4 KiB
   */
  public SimulatedHost withPageSizes(long sizes) {
    return new SimulatedHost(rules, dmaEntryLimit, memlockBytes, sizes, iovaRanges, costs, faults);
  }

  /**
   * Changes what can be translated.
   *
   * @param ranges disjoint and ascending, at least one
   * @return a host like this but for that
   * @throws IllegalArgumentException if there is none, or they overlap or do not ascend
   */
  public SimulatedHost withIovaRanges(List<IovaRange> ranges) {
    return new SimulatedHost(rules, dmaEntryLimit, memlockBytes, pageSizes, ranges, costs, faults);
  }

  /**
   * Takes addresses away from what can be translated.
   *
   * @param hole the addresses
   * @return a host like this but for that
   * @throws IllegalArgumentException if nothing would be left
   */
  public SimulatedHost withIovaHole(IovaRange hole) {
    var ranges = new ArrayList<IovaRange>();
    for (IovaRange range : iovaRanges) {
      if (!range.overlaps(hole)) {
        ranges.add(range);
        continue;
      }
      if (range.start() < hole.start()) {
        ranges.add(new IovaRange(range.start(), hole.start()));
      }
      if (hole.end() < range.end()) {
        ranges.add(new IovaRange(hole.end(), range.end()));
      }
    }
    return withIovaRanges(ranges);
  }

  /**
   * Changes what the host's work costs.
   *
   * @param newCosts the costs
   * @return a host like this but for that
   */
  public SimulatedHost withCosts(HostCosts newCosts) {
    return new SimulatedHost(
        rules, dmaEntryLimit, memlockBytes, pageSizes, iovaRanges, newCosts, faults);
  }

  /**
   * Orders one fault more.
   *
   * @param order when to fail
   * @return a host like this but for that
   */
  public SimulatedHost withFault(FaultOrder order) {
    return new SimulatedHost(
        rules,
        dmaEntryLimit,
        memlockBytes,
        pageSizes,
        iovaRanges,
        costs,
        Stream.concat(faults.stream(), Stream.of(order)).toList());
  }
}
