package dev.aerostat.cli.report;

import java.util.List;
import java.util.Locale;

/** What a page is about, and which of its figures come from where. */
@SuppressWarnings("ImmutableEnumChecker") // List.of() is immutable
public enum ReportKind {
  /** A simulated boot. */
  BOOT(
      "Real: the engine, its devices and the tracker, the same code that a VMM runs.",
      "Modelled: the guest's driver, the host's kernel and what its calls cost. All times are of a"
          + " virtual clock; the same command gives the same figures, but for wallNanos, the time"
          + " that the simulation took on this machine."),
  /** Simulated boots side by side. */
  COMPARE(
      "Real: the engine, its devices and the tracker, the same code that a VMM runs.",
      "Modelled: the guests' drivers, the host's kernel and what its calls cost. All times are of"
          + " a virtual clock; the same command gives the same figures, but for wallNanos, the"
          + " time that a simulation took on this machine."),
  /** A recorded guest on a simulated host. */
  REPLAY(
      "Recorded: what the driver of a Linux guest said, and when.",
      "Real: the engine, the balloon device and the tracker, the same code that a VMM runs.",
      "Modelled: the host's kernel and what its calls cost. All times are of a virtual clock, but"
          + " for wallNanos, the time that the replay took on this machine."),
  /** A recorded guest on this host. */
  REAL_REPLAY(
      "Recorded: what the driver of a Linux guest said, and when.",
      "Measured on this host: memory was populated and mapped for real, and all times are real.",
      "Totals are looked at every few milliseconds; where in guest memory they are is not known."),
  /** A real guest on a simulated host. */
  SERVE(
      "Measured: the guest is real, and all times are, from its front end's connection on.",
      "Modelled: mapping. The mapper is a host in software; no device does DMA.",
      "Totals are looked at every 100 ms; where in guest memory they are is not known."),
  /** A real guest on this host. */
  REAL_SERVE(
      "Measured: the guest is real, memory is mapped for real, and all times are real, from the"
          + " connection of the guest's front end on.",
      "Totals are looked at every 100 ms; where in guest memory they are is not known.");

  private final List<String> sources;

  ReportKind(String... sources) {
    this.sources = List.of(sources);
  }

  /** Returns which figures are modelled, and which measured: a sentence or two for each source. */
  List<String> sources() {
    return sources;
  }

  /** Returns the subcommand: {@code boot}. */
  String command() {
    return switch (this) {
      case BOOT, COMPARE, REPLAY, SERVE -> name().toLowerCase(Locale.ROOT);
      case REAL_REPLAY -> REPLAY.command();
      case REAL_SERVE -> SERVE.command();
    };
  }
}
