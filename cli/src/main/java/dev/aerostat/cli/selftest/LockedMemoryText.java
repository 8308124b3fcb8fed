package dev.aerostat.cli.selftest;

import dev.aerostat.cli.text.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory this process may lock, in words: mappings of real devices count. */
final class LockedMemoryText {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern CAPABILITIES = Pattern.compile("CapEff:\\s*([0-9a-f]+)");
  private static final Pattern LIMIT = Pattern.compile("Max locked memory\\s+(\\S+)");
  private static final int CAP_IPC_LOCK = 14;

  private LockedMemoryText() {}

  static String ofThisProcess() {
    try {
      return of(Files.readString(STATUS), Files.readString(LIMITS));
    } catch (IOException noProc) {
      return "unknown: " + noProc;
    }
  }

  /** Reads proc(5)'s files. */
  static String of(String status, String limits) {
    long capabilities =
        found(CAPABILITIES, status).map(hex -> Long.parseUnsignedLong(hex, 16)).orElse(0L);
    if ((capabilities >>> CAP_IPC_LOCK & 1) != 0) {
      return "no limit (CAP_IPC_LOCK)";
    }
    String limit = found(LIMIT, limits).orElse("unknown");
    return limit.matches("[0-9]+")
        ? "%s (RLIMIT_MEMLOCK)".formatted(new ByteSize(Long.parseLong(limit)))
        : limit;
  }

  private static Optional<String> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
