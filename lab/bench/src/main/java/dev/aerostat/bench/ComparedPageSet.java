package dev.aerostat.bench;

/** A set of pages that a VMM could keep its balloon in. */
interface ComparedPageSet {
  /** Adds the pages of a part of {@code pfns}, a message. */
  void inflate(int[] pfns, int from, int to);

  /** Takes the pages of a part of {@code pfns} out, a message. */
  void deflate(int[] pfns, int from, int to);

  /** Adds all pages of a range. */
  void fill(long first, long end);

  void clear();

  /** Finds the first page from {@code page} on that is not in the set. */
  long endOfRun(long page);

  /** Counts the pages of the set from {@code first} to {@code end}, exclusive. */
  long pagesIn(long first, long end);

  default void inflate(Messages messages) {
    for (int i = 0; i < messages.count(); i++) {
      inflate(messages.pfns(), messages.start(i), messages.end(i));
    }
  }

  default void deflate(Messages messages) {
    for (int i = 0; i < messages.count(); i++) {
      deflate(messages.pfns(), messages.start(i), messages.end(i));
    }
  }
}
