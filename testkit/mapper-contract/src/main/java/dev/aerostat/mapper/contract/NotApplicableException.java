package dev.aerostat.mapper.contract;

/** A clause does not apply to this mapper. */
final class NotApplicableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  private final String why;

  NotApplicableException(String why) {
    super(why);
    this.why = why;
  }

  String why() {
    return why;
  }
}
