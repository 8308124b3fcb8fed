package dev.aerostat.observer;

import java.util.OptionalLong;
import java.util.function.LongConsumer;

/** What deflates met with: how much was mapped when they came, how long they waited. */
final class DeflateStatistics {
  private final Latencies latencies = new Latencies();
  private long messages;
  private long pages;
  private long onDemandPages;
  private LongConsumer listener = latency -> {};

  /** Passes on each latency from now on. */
  void tell(LongConsumer told) {
    listener = told;
  }

  void offered(PageRuns runs, ObservedMappings mappings) {
    messages++;
    pages += runs.pages();
    for (int run = 0; run < runs.count(); run++) {
      long end = runs.end(run);
      long first = mappings.nextUnusable(runs.first(run), end);
      while (first < end) {
        long next = mappings.nextUsable(first, end);
        onDemandPages += next - first;
        first = mappings.nextUnusable(next, end);
      }
    }
  }

  void returned(long latency) {
    latencies.add(latency);
    listener.accept(latency);
  }

  Accounting.Deflates summary() {
    OptionalLong[] percentiles = latencies.percentiles(50, 99, 100);
    return new Accounting.Deflates(
        messages,
        pages,
        pages - onDemandPages,
        onDemandPages,
        percentiles[0],
        percentiles[1],
        percentiles[2]);
  }
}
