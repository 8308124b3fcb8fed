package dev.aerostat.mapper.vfio.backend;

import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import java.util.List;
import java.util.Optional;

/**
 * The rules that the kernel has one number for, EINVAL, looked at again one by one.
 *
 * @param page bytes that addresses and lengths must be multiples of
 * @param iovaRanges addresses that can be translated, ascending
 */
public record AddressRules(long page, List<IovaRange> iovaRanges) {
  /** All that an address can be. */
  public static final IovaRange ANYWHERE = new IovaRange(0, 1L << 62);

  /**
   * Returns what can be used of a range as the kernel writes it, with 64 bits and its last byte.
   *
   * @param first its first address, unsigned
   * @param last its last address, unsigned
   * @return empty if all of it is beyond {@link #ANYWHERE}
   */
  public static Optional<IovaRange> usable(long first, long last) {
    long end = Long.compareUnsigned(last, ANYWHERE.end()) < 0 ? last + 1 : ANYWHERE.end();
    return Long.compareUnsigned(first, end) < 0
        ? Optional.of(new IovaRange(first, end))
        : Optional.empty();
  }

  /**
   * Checks alignment.
   *
   * @param iova what was to be mapped or unmapped
   * @param host address of the memory; 0 if there is none
   * @return why it is refused; empty if all is a multiple of a page
   */
  public Optional<RefusalCause> misalignment(IovaRange iova, long host) {
    boolean aligned = ((iova.start() | iova.end() | host) & (page - 1)) == 0;
    return aligned ? Optional.empty() : Optional.of(new RefusalCause.Misaligned(page));
  }

  /**
   * Checks whether addresses can be translated.
   *
   * @param iova what was to be mapped
   * @return why it is refused; empty if it lies in one of the ranges
   */
  public Optional<RefusalCause> hole(IovaRange iova) {
    boolean translatable = iovaRanges.stream().anyMatch(range -> range.encloses(iova));
    return translatable
        ? Optional.empty()
        : Optional.of(new RefusalCause.IovaHole(lowestHole(iova)));
  }

  /** The lowest addresses that cannot be translated; all, if two ranges touch and it spans both. */
  private IovaRange lowestHole(IovaRange iova) {
    long from = iova.start();
    long to = iova.end();
    for (IovaRange range : iovaRanges) {
      if (range.start() <= from) {
        from = Math.max(from, range.end());
      } else {
        to = Math.min(to, range.start());
      }
    }
    return from < to ? new IovaRange(from, to) : iova;
  }
}
