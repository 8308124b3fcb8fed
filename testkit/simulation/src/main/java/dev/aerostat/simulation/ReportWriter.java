package dev.aerostat.simulation;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Pages;
import dev.aerostat.observer.Accounting;
import dev.aerostat.observer.Observer;
import dev.aerostat.observer.Violation;

/** Gathers a report: from the engine what it did, from the observer what that was worth. */
final class ReportWriter {
  private final SimulationPlan plan;
  private final String guest;
  private final long wallStart;

  ReportWriter(SimulationPlan plan, String guest, long wallStart) {
    this.plan = plan;
    this.guest = guest;
    this.wallStart = wallStart;
  }

  /** Closes the host, so that the rules of closing are judged too, and writes the report. */
  BootReport write(BootedHost host) {
    BootedHost.Outcome outcome = host.outcome();
    Observer observer = outcome.observer();
    long liveMappings = observer.accounting().liveMappings();
    EngineCounters counters = outcome.counters();
    HostTimes costs = outcome.costs();
    host.close();
    Accounting seen = observer.finish();
    return new BootReport(
        outcome.memoryBytes(),
        plan.guestMinimumBytes(),
        plan.balloonPageBytes(),
        plan.withholding(),
        plan.variant().async() ? "async" : "sync",
        plan.mapper(),
        guest,
        plan.seed(),
        outcome.milestones().timeline(),
        new BootReport.Inflate(
            counters.inflateMessages(),
            counters.inflatePages(),
            counters.inflateRuns(),
            counters.peakRanges()),
        deflate(counters, seen.deflate()),
        outcome.plug(),
        new BootReport.Map(
            costs.mapCalls(),
            counters.mappedBytes(),
            Pages.toBytes(outcome.milestones().mappedAtGate()),
            liveMappings,
            seen.peakMappings(),
            costs.mapNanos(),
            costs.populateNanos()),
        new BootReport.Refusals(counters.refusals(), outcome.lastRefusal()),
        counters.trackerPeakBytes(),
        observer.violations(),
        observer.firstViolations().stream().findFirst().map(Violation::toString).orElse(""),
        System.nanoTime() - wallStart);
  }

  private static BootReport.Deflate deflate(EngineCounters counters, Accounting.Deflates seen) {
    return new BootReport.Deflate(
        counters.deflateMessages(),
        counters.deflatePages(),
        counters.preMappedPages(),
        counters.onDemandPages(),
        counters.onDemandMaps(),
        seen.ackNanosP50(),
        seen.ackNanosP99(),
        seen.ackNanosMax());
  }
}
