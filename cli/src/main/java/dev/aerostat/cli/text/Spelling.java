package dev.aerostat.cli.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody meant who wrote a name wrong. */
public final class Spelling {
  /** Of three letters one may be wrong. */
  private static final int LETTERS_PER_MISTAKE = 3;

  private Spelling() {}

  /**
   * Returns a question that offers the name most like a word.
   *
   * @param word what was written
   * @param names what could have been
   * @return such as {@code "; did you mean 'sim'?"}; empty text if no name is like it
   */
  public static String question(String word, Collection<String> names) {
    return nearest(word, names).map("; did you mean '%s'?"::formatted).orElse("");
  }

  /**
   * Returns the name that is most like a word: one that begins with it, or differs from it in few
   * letters. Capitals do not count.
   *
   * @param word what was written
   * @param names what could have been
   * @return the first of those that are most alike; empty if none is like it
   */
  public static Optional<String> nearest(String word, Collection<String> names) {
    String lower = word.toLowerCase(Locale.ROOT);
    return names.stream()
        .filter(name -> mistakes(lower, name) <= allowed(lower, name))
        .min(Comparator.comparingInt(name -> mistakes(lower, name)));
  }

  private static int allowed(String word, String name) {
    return Math.max(1, Math.min(word.length(), name.length()) / LETTERS_PER_MISTAKE);
  }

  /** A word that breaks off is one mistake, however much is missing. */
  private static int mistakes(String word, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean brokenOff = word.length() > 1 && lower.startsWith(word);
    return brokenOff ? Math.min(1, distance(word, lower)) : distance(word, lower);
  }

  /**
   * How many letters must be changed, put in, left out, or swapped with their neighbour (optimal
   * string alignment).
   */
  private static int distance(String from, String to) {
    int[] before = new int[to.length() + 1];
    int[] last = new int[to.length() + 1];
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int changed = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(last[j - 1] + changed, 1 + Math.min(last[j], row[j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      int[] free = before;
      before = last;
      last = row;
      row = free;
    }
    return last[to.length()];
  }
}
