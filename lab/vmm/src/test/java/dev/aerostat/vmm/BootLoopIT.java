package dev.aerostat.vmm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No guest dies, however often it is booted: {@code loop.rounds} times each of {@code loop.shapes},
 * separated by spaces, as {@link BootLoop} reads them.
 */
@Tag("loop")
final class BootLoopIT {
  private static final int MACHINE_MIB = 1024;
  private static final int TIMEOUT_SECONDS = 6 * 3600;

  /** More than one boot may take. */
  private static final int SILENCE_SECONDS = 900;

  @TempDir private Path guest = Path.of("");

  @Test
  void noGuestDies() throws Exception {
    String[] shapes = System.getProperty("loop.shapes", "1/256 2/256 1/3072 2/3072").split(" ");
    var _ = new GuestFiles(guest, Path.of("src/it/loop/init"));
    var arguments = new ArrayList<String>();
    arguments.add(System.getProperty("loop.rounds", "13"));
    arguments.addAll(List.of(shapes));
    int largest = Arrays.stream(shapes).mapToInt(BootLoopIT::mebibytes).max().orElseThrow();
    List<String> _ =
        new EmulatedKvm("6.1", largest + MACHINE_MIB, TIMEOUT_SECONDS, SILENCE_SECONDS)
            .run(guest, BootLoop.class, arguments);
  }

  private static int mebibytes(String shape) {
    return Integer.parseInt(shape.substring(shape.indexOf('/') + 1));
  }
}
