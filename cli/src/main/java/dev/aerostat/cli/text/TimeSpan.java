package dev.aerostat.cli.text;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time, as people write and read it. Immutable.
 *
 * @param nanos nanoseconds, 0 or more
 */
public record TimeSpan(long nanos) {
  private static final Pattern SYNTAX =
      Pattern.compile("([0-9]{1,20}(?:\\.[0-9]{1,20})?)(ns|us|µs|ms|s|min)");
  private static final long LONGEST_PARSED = nanosIn("min") * 60 * 24;

  /**
   * Reads a length of time.
   *
   * @param text such as {@code 1s}, {@code 1.5s} or {@code 500ms}
   * @return that long
   * @throws IllegalArgumentException if it is not a time, finer than a nanosecond, or longer than a
   *     day: the message names the text and what was expected
   */
  public static TimeSpan parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a time: expected a number with ns, us, ms, s or min, such as 1.5s or 500ms"
              .formatted(text));
    }
    BigDecimal nanos =
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(nanosIn(matcher.group(2))));
    if (nanos.compareTo(BigDecimal.valueOf(LONGEST_PARSED)) > 0) {
      throw new IllegalArgumentException("'%s' is longer than a day (1440min)".formatted(text));
    }
    try {
      return new TimeSpan(nanos.longValueExact());
    } catch (ArithmeticException fraction) {
      throw new IllegalArgumentException(
          "'%s' is not a whole number of nanoseconds: expected a time such as 1.5s or 500ms"
              .formatted(text),
          fraction);
    }
  }

  private static long nanosIn(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> 1_000_000_000;
      case "min" -> 60_000_000_000L;
      default -> throw new IllegalArgumentException("'%s' is not a unit of time".formatted(unit));
    };
  }

  /** Returns about this long, for people: {@code 2.53 s}, {@code 12.0 µs}. */
  @Override
  public String toString() {
    if (nanos == 0) {
      return "0 s";
    }
    String unit = nanos < 1_000 ? "ns" : nanos < 1_000_000 ? "µs" : nanos < 1e9 ? "ms" : "s";
    if (unit.equals("ns")) {
      return nanos + " ns";
    }
    return NumberFormats.threeDigits(
            BigDecimal.valueOf(nanos).divide(BigDecimal.valueOf(nanosIn(unit))))
        + " "
        + unit;
  }
}
