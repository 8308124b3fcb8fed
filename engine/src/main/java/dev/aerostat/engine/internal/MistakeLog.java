package dev.aerostat.engine.internal;

import dev.aerostat.virtio.GuestMistake;
import dev.aerostat.virtio.VirtioMistake;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Writes what a guest's driver did wrong where that leaves it without a balloon, a few lines a
 * mistake: it boots all the same, once all of its memory is mapped. Other mistakes are counted
 * only.
 */
final class MistakeLog {
  private final BoundedLines bound;
  private final Consumer<String> lines;

  MistakeLog(LongSupplier nanoTime, Consumer<String> lines) {
    this.bound = new BoundedLines(nanoTime);
    this.lines = lines;
  }

  void mistaken(GuestMistake mistake) {
    if (mistake == VirtioMistake.FEATURES_REFUSED || mistake.needsReset()) {
      bound.mayWrite(mistake).ifPresent(unwritten -> lines.accept(line(mistake, unwritten)));
    }
  }

  private static String line(GuestMistake mistake, long unwritten) {
    String what =
        mistake == VirtioMistake.FEATURES_REFUSED
            ? "the guest's balloon driver is refused: it must negotiate VERSION_1 and MUST_TELL_HOST,"
                + " and nothing that is not offered"
            : "the guest's balloon driver broke a rule (%s), so the device asks it for a reset"
                .formatted(mistake.name());
    return unwritten == 0
        ? what
        : "%s (%d times more since it was last written)".formatted(what, unwritten);
  }
}
