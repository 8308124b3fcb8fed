package dev.aerostat.vmm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures, and prints, when the first DMA arrives: {@code lab/vmm/chart}. */
@Tag("chart")
final class ChartIT {
  private static final int MACHINE_MIB = 1024;
  private static final int TIMEOUT_SECONDS = 2 * 3600;

  /** More than one boot may take. */
  private static final int SILENCE_SECONDS = 1800;

  @TempDir private Path guest = Path.of("");

  @Test
  void theFirstDmaArrivesHoweverItsMemoryIsMapped() throws Exception {
    String[] sizes = System.getProperty("chart.mib", "512 1024 2048").split(" ");
    var files = new GuestFiles(guest, Path.of("src/it/chart/init"));
    files.addDriver("6.1");
    files.addProgram(Path.of("src/it/judge/edudma.c"));
    var arguments = new ArrayList<String>();
    arguments.add(System.getProperty("chart.rounds", "1"));
    arguments.add(System.getProperty("chart.resident", "256"));
    arguments.add(System.getProperty("chart.slower", "100"));
    arguments.addAll(List.of(sizes));
    int largest = Arrays.stream(sizes).mapToInt(Integer::parseInt).max().orElseThrow();
    List<String> _ =
        new EmulatedKvm("6.1", largest + MACHINE_MIB, TIMEOUT_SECONDS, SILENCE_SECONDS)
            .run(guest, ChartInGuest.class, arguments);
  }
}
