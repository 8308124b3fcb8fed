package dev.aerostat.memory.linux.syscall;

import java.util.Optional;

/**
 * Whether this module may call native code. Looks, but initialises nothing native.
 *
 * <p>Safe for use by any thread.
 */
public final class NativeAccess {
  private NativeAccess() {}

  /**
   * Returns what is missing.
   *
   * @return the flag that Java must be started with, in a sentence; empty if nothing is missing
   */
  public static Optional<String> missing() {
    return NativeAccess.class.getModule().isNativeAccessEnabled()
        ? Optional.empty()
        : Optional.of("native access is not enabled: start java with " + flag());
  }

  /**
   * Returns the flag that enables native access for this module, on the module path or the class
   * path, wherever it is.
   *
   * @return such as {@code --enable-native-access=ALL-UNNAMED}
   */
  public static String flag() {
    Module module = NativeAccess.class.getModule();
    return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
  }

  /**
   * Checks that nothing is missing.
   *
   * @throws IllegalStateException if something is: the message has the flag to pass
   */
  public static void require() {
    missing()
        .ifPresent(
            reason -> {
              throw new IllegalStateException(reason);
            });
  }
}
