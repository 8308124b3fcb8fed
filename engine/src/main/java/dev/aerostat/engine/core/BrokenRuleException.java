package dev.aerostat.engine.core;

import java.io.Serial;

/** One of the rules that always hold does not: a bug of the engine's, or of the tracker's. */
final class BrokenRuleException extends IllegalStateException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Creates an exception that names the rule.
   *
   * @param rule its number in {@code docs/architecture.md}
   * @param text what the rule asks for
   * @param seen what was seen instead, with its values
   */
  BrokenRuleException(int rule, String text, String seen) {
    super("rule %d is broken (%s): %s".formatted(rule, text, seen));
  }
}
