package dev.aerostat.cli.text;

/** A command could not do what was asked of it. The message is one line for the user. */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates one.
   *
   * @param message one line for the user
   */
  public CommandFailedException(String message) {
    super(message);
  }

  /**
   * Creates one with a cause.
   *
   * @param message one line for the user
   * @param cause printed with {@code --stacktrace} only
   */
  public CommandFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
