package dev.aerostat.bench;

import dev.aerostat.api.PfnRuns;
import java.util.Arrays;

/** The runs of all messages, found before anything is timed. */
final class FoundRuns {
  private long[] first = new long[Messages.FULL];
  private long[] end = new long[Messages.FULL];
  private boolean[] descending = new boolean[Messages.FULL];
  private int count;

  FoundRuns(Messages messages) {
    var finder = new PfnRuns(Messages.FULL);
    for (int i = 0; i < messages.count(); i++) {
      int found = finder.find(messages.pfns(), messages.start(i), messages.end(i));
      for (int run = 0; run < found; run++) {
        append(finder.firstPage(run), finder.endPage(run), finder.isDescending(run));
      }
    }
  }

  private void append(long firstPage, long endPage, boolean isDescending) {
    if (count == first.length) {
      first = Arrays.copyOf(first, 2 * count);
      end = Arrays.copyOf(end, 2 * count);
      descending = Arrays.copyOf(descending, 2 * count);
    }
    first[count] = firstPage;
    end[count] = endPage;
    descending[count] = isDescending;
    count++;
  }

  void addTo(RunSet set) {
    for (int run = 0; run < count; run++) {
      set.add(first[run], end[run], descending[run]);
    }
  }

  void removeFrom(RunSet set) {
    for (int run = 0; run < count; run++) {
      set.remove(first[run], end[run]);
    }
  }
}
