package dev.aerostat.cli.report;

/** What most of a row of guest memory is. */
enum RowState {
  /** The guest may use it, and a device must not yet. */
  UNMAPPED('u'),
  /** The guest may use it, and so may a device. */
  MAPPED('m'),
  /** In the balloon, and not mapped. */
  BALLOONED('b'),
  /** In the balloon, and mapped already: it waits for the guest to take it back. */
  READY('r'),
  /** Some of it is in a deflate message that is not acknowledged: the guest waits. */
  LEAVING('l');

  private final char letter;

  RowState(char letter) {
    this.letter = letter;
  }

  /** Returns what stands for it in a page's data. */
  char letter() {
    return letter;
  }

  /**
   * Returns the state of a row from its numbers of pages. What leaves shows however little it is,
   * as it is never much; else the largest part decides.
   */
  static RowState of(long pages, long ballooned, long mapped, long both, long leaving) {
    if (leaving > 0) {
      return LEAVING;
    }
    long most = both;
    RowState state = READY;
    if (ballooned - both > most) {
      most = ballooned - both;
      state = BALLOONED;
    }
    if (mapped - both > most) {
      most = mapped - both;
      state = MAPPED;
    }
    return pages - ballooned - mapped + both > most ? UNMAPPED : state;
  }
}
