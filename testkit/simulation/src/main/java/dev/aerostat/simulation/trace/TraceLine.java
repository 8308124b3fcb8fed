package dev.aerostat.simulation.trace;

import java.util.List;

/** Something that happened in a recorded run. A closed set: switch over it without a default. */
public sealed interface TraceLine {
  /**
   * Returns when it happened.
   *
   * @return milliseconds since the guest's init ran, 0 or more
   */
  long millis();

  /**
   * A note from the host or the guest.
   *
   * @param millis when
   * @param text its text
   */
  record Note(long millis, String text) implements TraceLine {}

  /**
   * The host sets the balloon's target, {@code num_pages}.
   *
   * @param millis when
   * @param pages 0 to 2^32, exclusive
   */
  record Target(long millis, long pages) implements TraceLine {}

  /**
   * The driver writes {@code actual}.
   *
   * @param millis when
   * @param pages 0 to 2^32, exclusive
   */
  record Actual(long millis, long pages) implements TraceLine {}

  /**
   * The driver sends a message, one element of a virtqueue.
   *
   * @param millis when
   * @param direction which queue
   * @param pages PFNs in it, 1 or more
   * @param runs the PFNs in their order; their counts add up to {@code pages}
   */
  record Message(long millis, Direction direction, int pages, List<PageRun> runs)
      implements TraceLine {
    /** Copies the runs. */
    public Message {
      runs = List.copyOf(runs);
    }
  }

  /** Which queue a message is sent on. */
  enum Direction {
    /** To the balloon. */
    INFLATE,
    /** Out of the balloon. */
    DEFLATE
  }

  /**
   * PFNs that follow one another.
   *
   * @param first the PFN named first
   * @param count how many: ascending from {@code first} if positive, descending if negative
   */
  record PageRun(long first, int count) {
    /**
     * Returns the lowest PFN.
     *
     * @return the first page of the run as a range
     */
    public long firstPage() {
      return count > 0 ? first : first + count + 1;
    }

    /**
     * Returns the PFN after the highest.
     *
     * @return the end of the run as a range
     */
    public long endPage() {
      return count > 0 ? first + count : first + 1;
    }
  }
}
