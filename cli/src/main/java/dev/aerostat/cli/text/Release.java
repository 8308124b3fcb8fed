package dev.aerostat.cli.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.util.Optional;
import java.util.Properties;

/** The release of the command, and the commit that it was built from. */
public final class Release {
  private static final String UNKNOWN = "unknown";

  private Release() {}

  /**
   * Returns its name.
   *
   * @return such as {@code 0.1.0}
   */
  public static String name() {
    return Optional.ofNullable(Release.class.getModule().getDescriptor())
        .flatMap(ModuleDescriptor::rawVersion)
        .orElse("of unknown release");
  }

  /**
   * Returns the commit that the command was built from, and its date.
   *
   * @return such as {@code 1b664d9c0ffe, 2026-11-28}; with {@code , modified} behind if files
   *     differed from the commit; {@code unknown} if it was built outside of a git repository
   */
  public static String commit() {
    return commit(buildProperties());
  }

  static String commit(Properties build) {
    String commit = build.getProperty("commit", UNKNOWN);
    if (commit.equals(UNKNOWN)) {
      return UNKNOWN;
    }
    boolean modified = Boolean.parseBoolean(build.getProperty("modified"));
    return commit + ", " + build.getProperty("date", UNKNOWN) + (modified ? ", modified" : "");
  }

  /** Empty where the classes come from an IDE or from javac alone. */
  private static Properties buildProperties() {
    var build = new Properties();
    try (InputStream file = Release.class.getResourceAsStream("build.properties")) {
      if (file != null) {
        build.load(file);
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return build;
  }
}
