package dev.aerostat.cli.options;

/**
 * A setting of a mapper. Immutable.
 *
 * @param key its name, not empty
 * @param value any text
 */
record MapperSetting(String key, String value) {
  /**
   * Reads a setting.
   *
   * @throws IllegalArgumentException if it has no key or no equals sign: the message names the text
   */
  static MapperSetting parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(
          "'%s' is not a setting: expected KEY=VALUE, such as rules=iommufd".formatted(text));
    }
    return new MapperSetting(text.substring(0, equals), text.substring(equals + 1));
  }
}
