package dev.aerostat.mapper.spi;

import java.util.List;

/**
 * One thing that a host has or lacks, for {@code aerostat doctor} to print. Immutable.
 *
 * @param verdict what it means for async DMA map
 * @param subject what was looked at, in a word or two, such as {@code IOMMU}
 * @param fact what was seen, in one sentence without a full stop
 * @param cost what it costs the user, likewise; empty text if nothing
 * @param commands what to type to put it right, each a line for a shell with nothing to fill in;
 *     may be none
 */
public record HostFinding(
    Verdict verdict, String subject, String fact, String cost, List<String> commands) {
  /** What a finding means, the worst first. */
  public enum Verdict {
    /** Something needed is missing: it cannot work. */
    MISSING,
    /** It works, at a cost. */
    WARNING,
    /** It could not be seen. */
    UNKNOWN,
    /** It is as it should be. */
    OK
  }

  /** Copies the commands. */
  public HostFinding {
    commands = List.copyOf(commands);
  }

  /**
   * Finds that something needed is missing.
   *
   * @param subject what was looked at
   * @param fact what was seen
   * @param cost what it costs
   * @param commands what to type to put it right
   * @return the finding
   */
  public static HostFinding missing(
      String subject, String fact, String cost, List<String> commands) {
    return new HostFinding(Verdict.MISSING, subject, fact, cost, commands);
  }

  /**
   * Finds that something works, at a cost.
   *
   * @param subject what was looked at
   * @param fact what was seen
   * @param cost what it costs
   * @param commands what to type to put it right
   * @return the finding
   */
  public static HostFinding warning(
      String subject, String fact, String cost, List<String> commands) {
    return new HostFinding(Verdict.WARNING, subject, fact, cost, commands);
  }

  /**
   * Finds that something cannot be seen.
   *
   * @param subject what was looked at
   * @param fact why it cannot
   * @param cost what it would cost
   * @param commands what to type to learn it, or to put it right
   * @return the finding
   */
  public static HostFinding unknown(
      String subject, String fact, String cost, List<String> commands) {
    return new HostFinding(Verdict.UNKNOWN, subject, fact, cost, commands);
  }

  /**
   * Finds that something is as it should be.
   *
   * @param subject what was looked at
   * @param fact what was seen
   * @return the finding
   */
  public static HostFinding ok(String subject, String fact) {
    return new HostFinding(Verdict.OK, subject, fact, "", List.of());
  }
}
