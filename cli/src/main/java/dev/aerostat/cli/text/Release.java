package dev.aerostat.cli.text;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/** The release of the command. */
public final class Release {
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
}
