package dev.aerostat.engine.core;

import java.util.Arrays;
import java.util.Locale;

/** How much a running engine spends on checking itself, by what a check costs. */
enum CheckLevel {
  /** What takes the same time whatever the guest's size, after each event. Always on. */
  CONSTANT,
  /** A pass over all granules as well, each time the gate has moved and each 1,024 turns. */
  LINEAR,
  /** That pass after every turn. */
  PARANOID;

  /** The system property that chooses a level; without it {@link #CONSTANT}. */
  static final String PROPERTY = "aerostat.check";

  /**
   * Returns the level that the system property names.
   *
   * @throws IllegalArgumentException if it names none
   */
  static CheckLevel configured() {
    String name = System.getProperty(PROPERTY, CONSTANT.toString());
    return Arrays.stream(values())
        .filter(level -> level.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "-D%s=%s: expected one of %s"
                        .formatted(PROPERTY, name, Arrays.toString(values()))));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
