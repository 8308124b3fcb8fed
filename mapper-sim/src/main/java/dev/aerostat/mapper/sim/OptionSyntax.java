package dev.aerostat.mapper.sim;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How numbers, sizes and ranges are written in options. */
final class OptionSyntax {
  private static final Pattern SIZE = Pattern.compile("(0[xX][0-9a-fA-F]+|[0-9]+)([kKmMgGtT]?)");
  private static final String SUFFIXES = "KMGT";

  private OptionSyntax() {}

  static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notOne) {
      throw new IllegalArgumentException("'%s' is not a whole number".formatted(text), notOne);
    }
  }

  static long size(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'%s' is not a size or an address".formatted(text));
    }
    int shift = matcher.group(2).isEmpty() ? 0 : 10 * (1 + suffix(matcher.group(2)));
    try {
      return Math.multiplyExact(Long.decode(unpadded(matcher.group(1))), 1L << shift);
    } catch (ArithmeticException | NumberFormatException tooLarge) {
      throw new IllegalArgumentException("'%s' passes 2^63".formatted(text), tooLarge);
    }
  }

  private static int suffix(String letter) {
    return SUFFIXES.indexOf(Character.toUpperCase(letter.charAt(0)));
  }

  /** Long.decode reads a leading zero as octal. */
  private static String unpadded(String digits) {
    return digits.startsWith("0x") || digits.startsWith("0X")
        ? digits
        : digits.replaceFirst("^0+(?=.)", "");
  }

  static <R> R range(String text, RangeOf<R> make) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException("'%s' is not START-END".formatted(text));
    }
    return make.of(size(text.substring(0, dash)), size(text.substring(dash + 1)));
  }

  /** Splits at commas; an empty part is an empty string, which no syntax accepts. */
  static List<String> list(String text) {
    return List.of(text.split(",", -1));
  }

  /** Makes a range of some kind. */
  interface RangeOf<R> {
    R of(long start, long end);
  }
}
