package dev.aerostat.vhost.user;

/** What is said of something that a host threw, whose own text may throw as well. */
final class ThrowableText {
  private ThrowableText() {}

  @SuppressWarnings("CatchingUnchecked") // It may throw what it does not declare.
  static String of(Throwable thrown) {
    try {
      return String.valueOf(thrown);
    } catch (Throwable unreadable) {
      return thrown.getClass().getName() + " (its message cannot be read)";
    }
  }
}
