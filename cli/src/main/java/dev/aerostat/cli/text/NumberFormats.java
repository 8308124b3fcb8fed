package dev.aerostat.cli.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people like to read them. */
public final class NumberFormats {
  private static final int DIGITS = 3;

  private NumberFormats() {}

  /**
   * Groups thousands.
   *
   * @param number any
   * @return such as {@code 98,304}
   */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /**
   * Counts something by name.
   *
   * @param number how many
   * @param noun what one of them is called; its plural ends with an s
   * @return such as {@code 1 map} or {@code 2 maps}
   */
  public static String count(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /**
   * Rounds to three digits, or to a whole number above them.
   *
   * @param number 0 or more
   * @return such as {@code 2.53} or {@code 1,234}
   */
  public static String threeDigits(BigDecimal number) {
    BigDecimal rounded = number.round(new MathContext(DIGITS, RoundingMode.HALF_UP));
    int whole = rounded.precision() - rounded.scale();
    int scale = Math.clamp(DIGITS - whole, 0, DIGITS - 1);
    return String.format(Locale.ROOT, "%,." + scale + "f", whole > DIGITS ? number : rounded);
  }

  /**
   * Returns a share in percent. A part that is not nothing never reads as nothing.
   *
   * @param part 0 to the whole
   * @param whole 0 or more
   * @return such as {@code 0.12 %}
   */
  public static String percent(long part, long whole) {
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
