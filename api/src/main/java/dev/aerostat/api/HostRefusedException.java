package dev.aerostat.api;

/**
 * The host refused to attach a device, or to map, unmap, populate or discard.
 *
 * <p>The message is one line: what was asked, of which range, the error number, which rule was
 * broken and what to do.
 */
public final class HostRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What was asked. */
  private final HostOperation operation;

  /** First address of the range, in bytes. */
  private final long start;

  /** The range's length. */
  private final long bytes;

  /** The error number as Linux gives it. */
  private final int errno;

  /** The cause. */
  private final RefusalCause reason;

  /** What the refusal leaves behind. */
  private final State state;

  /** What a refusal leaves behind. */
  public enum State {
    /** As before the call: all of its effects were rolled back. */
    UNCHANGED,
    /** A part was done: memory stays populated, or some whole mappings are gone. */
    PARTIAL,
    /** Nothing can be said; only closing is safe. */
    LOST
  }

  /**
   * Describes a refusal.
   *
   * @param operation what was asked
   * @param start first address of the range: I/O virtual for {@code MAP} and {@code UNMAP}, else
   *     host
   * @param bytes the range's length; 0 for {@code ATTACH}, which has no range
   * @param errno the error number as Linux gives it (asm-generic/errno-base.h), greater than 0
   * @param reason the cause
   * @param state what the refusal leaves behind
   */
  public HostRefusedException(
      HostOperation operation,
      long start,
      long bytes,
      int errno,
      RefusalCause reason,
      State state) {
    super(
        "%s refused (%s): %s; %s"
            .formatted(
                asked(operation, start, bytes), Errno.name(errno), reason.rule(), reason.advice()));
    this.operation = operation;
    this.start = start;
    this.bytes = bytes;
    this.errno = errno;
    this.reason = reason;
    this.state = state;
  }

  private static String asked(HostOperation operation, long start, long bytes) {
    return bytes == 0
        ? operation.toString()
        : "%s of 0x%x bytes at 0x%x".formatted(operation, bytes, start);
  }

  /**
   * Returns what was asked.
   *
   * @return the operation
   */
  public HostOperation operation() {
    return operation;
  }

  /**
   * Returns where the range begins.
   *
   * @return its first address in bytes: I/O virtual for {@code MAP} and {@code UNMAP}, else host
   */
  public long start() {
    return start;
  }

  /**
   * Returns the length of the range.
   *
   * @return bytes
   */
  public long bytes() {
    return bytes;
  }

  /**
   * Returns the error number.
   *
   * @return as Linux numbers it
   */
  public int errno() {
    return errno;
  }

  /**
   * Returns the cause.
   *
   * @return one of the sealed set
   */
  public RefusalCause reason() {
    return reason;
  }

  /**
   * Returns what the refusal leaves behind.
   *
   * @return the state of mapper or memory
   */
  public State state() {
    return state;
  }
}
