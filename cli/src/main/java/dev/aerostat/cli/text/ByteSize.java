package dev.aerostat.cli.text;

import dev.aerostat.api.Pages;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, as people write and read it: in powers of 1024. Immutable.
 *
 * @param bytes 0 to 16 TiB, where guest-physical addresses end
 */
public record ByteSize(long bytes) {
  private static final Pattern SYNTAX =
      Pattern.compile("([0-9]{1,20}(?:\\.[0-9]{1,20})?)(?:([KMGT])(?:i?B)?|B)?");
  private static final String UNITS = "KMGT";
  private static final int UNIT_SHIFT = 10;

  /**
   * Reads a size.
   *
   * @param text such as {@code 384G}, {@code 1.5TiB} or {@code 4096}
   * @return that many bytes
   * @throws IllegalArgumentException if it is not a size, not a whole number of bytes, or beyond 16
   *     TiB: the message names the text and what was expected
   */
  public static ByteSize parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a size: expected a number with K, M, G or T, such as 384G, 1.5T or 4096K"
              .formatted(text));
    }
    String unit = matcher.group(2);
    int shift = unit == null ? 0 : UNIT_SHIFT * (1 + UNITS.indexOf(unit));
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << shift));
    if (bytes.compareTo(BigDecimal.valueOf(Pages.ADDRESS_LIMIT)) > 0) {
      throw new IllegalArgumentException(
          "'%s' is beyond 16T, where the addresses that a balloon can name end".formatted(text));
    }
    try {
      return new ByteSize(bytes.longValueExact());
    } catch (ArithmeticException fraction) {
      throw new IllegalArgumentException(
          "'%s' is not a whole number of bytes: expected a size such as 384G or 1.5T"
              .formatted(text),
          fraction);
    }
  }

  /**
   * Returns exactly this size, as short as {@link #parse} can read it.
   *
   * @return such as {@code 1536G}
   */
  public String exactly() {
    int unit = bytes == 0 ? 0 : Long.numberOfTrailingZeros(bytes) / UNIT_SHIFT;
    int units = Math.min(unit, UNITS.length());
    return (bytes >> (units * UNIT_SHIFT)) + (units == 0 ? "" : UNITS.substring(units - 1, units));
  }

  /** Returns about this size, for people: {@code 384 GiB}. */
  @Override
  public String toString() {
    int magnitude = (Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, bytes))) / UNIT_SHIFT;
    int units = Math.min(magnitude, UNITS.length());
    if (units == 0) {
      return NumberFormats.count(bytes, "byte");
    }
    BigDecimal scaled =
        BigDecimal.valueOf(bytes).divide(BigDecimal.valueOf(1L << (units * UNIT_SHIFT)));
    String digits = NumberFormats.threeDigits(scaled);
    String shortest = digits.contains(".") ? digits.replaceFirst("\\.?0+$", "") : digits;
    return String.format(Locale.ROOT, "%s %ciB", shortest, UNITS.charAt(units - 1));
  }
}
