package dev.aerostat.observer;

/**
 * A breach of a rule. Immutable.
 *
 * @param check what was checked
 * @param detail which range or message it hit
 * @param nanos when it was seen, by the observer's clock
 */
public record Violation(Check check, String detail, long nanos) {
  /** Returns a line about which rule was broken, how, where and when. */
  @Override
  public String toString() {
    return "rule %d at %d ns: %s: %s".formatted(check.rule(), nanos, check.breach(), detail);
  }
}
