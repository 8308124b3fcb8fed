package dev.aerostat.memory.linux.socket;

/** What is said of something that a host threw, whose own text may throw as well. */
public final class ThrowableText {
  private ThrowableText() {}

  /**
   * Returns the text.
   *
   * @param thrown anything
   * @return its own text, or its class if that cannot be had
   */
  @SuppressWarnings("CatchingUnchecked") // It may throw what it does not declare.
  public static String of(Throwable thrown) {
    try {
      return String.valueOf(thrown);
    } catch (Throwable unreadable) {
      return thrown.getClass().getName() + " (its message cannot be read)";
    }
  }
}
