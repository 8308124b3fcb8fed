package dev.aerostat.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people like to read them. */
final class NumberFormats {
  private static final int DIGITS = 3;

  private NumberFormats() {}

  /** Groups thousands: {@code 98,304}. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Counts something by name: {@code 1 map}, {@code 2 maps}. */
  static String count(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /** Rounds to three digits, or to a whole number above them: {@code 2.53}, {@code 1,234}. */
  static String threeDigits(BigDecimal number) {
    BigDecimal rounded = number.round(new MathContext(DIGITS, RoundingMode.HALF_UP));
    int whole = rounded.precision() - rounded.scale();
    int scale = Math.clamp(DIGITS - whole, 0, DIGITS - 1);
    return String.format(Locale.ROOT, "%,." + scale + "f", whole > DIGITS ? number : rounded);
  }

  /** Returns a share: {@code 0.12 %}. A part that is not nothing never reads as nothing. */
  static String percent(long part, long whole) {
    if (part == 0 || part == whole) {
      return part == 0 ? "0 %" : "100 %";
    }
    BigDecimal share =
        BigDecimal.valueOf(part)
            .movePointRight(2)
            .divide(BigDecimal.valueOf(whole), MathContext.DECIMAL64);
    if (share.compareTo(new BigDecimal("0.01")) < 0) {
      return "under 0.01 %";
    }
    return share.setScale(2, RoundingMode.DOWN).stripTrailingZeros().toPlainString() + " %";
  }
}
