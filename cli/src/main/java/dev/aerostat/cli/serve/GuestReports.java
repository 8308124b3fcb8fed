package dev.aerostat.cli.serve;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.cli.report.BootRecorder;
import dev.aerostat.cli.report.ReportChoice;
import dev.aerostat.cli.report.ReportContent;
import dev.aerostat.cli.report.ReportKind;
import dev.aerostat.simulation.BootWatcher;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Writes a page about each guest that shared its memory. Of the session's thread. */
final class GuestReports {
  /** A front end can come and go without end; a disk has an end. */
  static final int MOST = 100;

  private final ReportChoice page;
  private final boolean simulated;
  private Optional<BootRecorder> recorder = Optional.empty();
  private int written;

  GuestReports(ReportChoice page, boolean simulated) {
    this.page = page;
    this.simulated = simulated;
  }

  /** Starts to record a guest, if the user wants pages. */
  BootWatcher recorder(GuestMemory memory) {
    if (page.file().isEmpty()) {
      return BootWatcher.none();
    }
    var its = new BootRecorder(BootWatcher.none());
    its.started(memory);
    recorder = Optional.of(its);
    return its;
  }

  /**
   * Writes the page of the guest that has just gone.
   *
   * @param figures what {@code --json} prints of it
   * @return what went wrong, if something did: other guests are served all the same
   */
  Optional<String> write(int guest, String figures) {
    Optional<BootRecorder> its = recorder;
    recorder = Optional.empty();
    if (its.isEmpty()) {
      return Optional.empty();
    }
    if (written == MOST) {
      return Optional.of(
          "guest %d has no report: there are %d, and no more are written".formatted(guest, MOST));
    }
    try {
      written++;
      page.write(
          guest, ReportContent.ofRuns(kind(), figures, List.of(its.get().record()), List.of()));
      return Optional.empty();
    } catch (IOException notWritten) {
      return Optional.of(String.valueOf(notWritten.getMessage()));
    }
  }

  private ReportKind kind() {
    return simulated ? ReportKind.SERVE : ReportKind.REAL_SERVE;
  }
}
