package dev.aerostat.vmm.command;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, as people write and read it: in powers of 1024. Immutable.
 *
 * @param bytes greater than 0
 */
record MemorySize(long bytes) {
  private static final Pattern SYNTAX = Pattern.compile("([1-9][0-9]{0,9})([KMGT]?)");
  private static final String UNITS = "KMGT";
  private static final int UNIT_BITS = 10;

  /**
   * Reads a size.
   *
   * @param text such as {@code 8G}
   * @throws IllegalArgumentException if it is none: the message names it and what was expected
   */
  static MemorySize parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a size: expected a whole number with K, M, G or T, such as 8G or 512M"
              .formatted(text));
    }
    String unit = matcher.group(2);
    int bits = unit.isEmpty() ? 0 : UNIT_BITS * (1 + UNITS.indexOf(unit));
    long number = Long.parseLong(matcher.group(1));
    if (number > Long.MAX_VALUE >> bits) {
      throw new IllegalArgumentException("'%s' is more than any machine has".formatted(text));
    }
    return new MemorySize(number << bits);
  }

  /** Returns about this size, for people: {@code 1.5 GiB}. */
  static String words(long bytes) {
    int unit = Math.max(0, (Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, bytes))) / 10);
    if (unit == 0) {
      return bytes + " bytes";
    }
    int units = Math.min(unit, UNITS.length());
    String number =
        String.format(Locale.ROOT, "%.2f", (double) bytes / (1L << (UNIT_BITS * units)))
            .replaceFirst("\\.?0+$", "");
    return "%s %ciB".formatted(number, UNITS.charAt(units - 1));
  }
}
