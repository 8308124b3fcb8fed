package dev.aerostat.mapper.spi;

/** Whether a mapper can work on this host. */
public sealed interface MapperAvailability {
  /**
   * It can.
   *
   * @param detail what was found, for a person to read
   */
  record Available(String detail) implements MapperAvailability {}

  /**
   * It cannot.
   *
   * @param reason what is missing and what to do, in one sentence without a full stop
   */
  record Unavailable(String reason) implements MapperAvailability {}
}
