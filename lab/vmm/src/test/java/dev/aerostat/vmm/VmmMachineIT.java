package dev.aerostat.vmm;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The VMM on a real KVM, in the emulated machine: stock guests with the stock balloon driver and
 * with ours, and with a device of their own, whose DMA they judge. All scenarios of a test share
 * one machine; what runs in a machine keeps one processor busy, so two run at a time.
 *
 * <p>Each matter is in one of the two tests that always run, with one of the two kernels; with the
 * tag {@code emulated} both kernels have them all.
 */
@Execution(ExecutionMode.CONCURRENT)
final class VmmMachineIT {
  private static final Path SOURCES = Path.of("src/it");
  private static final int MACHINE_MIB = 1280;

  /** Far more than it takes: a machine that is shared is slow. */
  private static final int TIMEOUT_SECONDS = 1800;

  private static final int SILENCE_SECONDS = 900;

  @TempDir private Path guest = Path.of("");

  @Test
  void guestsHaveTheirMemoryBackAndTheirDmaArrivesAndWhatAVmmDoesWrongIsNoticed() throws Exception {
    run(
        "6.1",
        "boot:pci/2/async/reboot/huge",
        "boot:pci/1/sync/poweroff/stock",
        "judge:none/stock/and_is_held",
        "judge:none/huge/late",
        "judge:opens_the_gate_early/huge/and_is_held",
        "judge:loses_a_page_of_a_message/stock/and_is_held");
  }

  @Test
  void soDoGuestsOfANewerKernelThatPauseOrAskAtOnce() throws Exception {
    run(
        "6.12",
        "boot:mmio/2/async/reboot/stock",
        "judge:none/huge/and_pauses",
        "judge:does_not_pause/stock/and_pauses",
        "judge:none/stock/at_once_and_is_held",
        "judge:acknowledges_before_it_maps/stock/and_is_held",
        "judge:closes_registers_late/huge/and_is_held");
  }

  @Test
  @Tag("emulated")
  void theRestWithTheOlderKernel() throws Exception {
    run(
        "6.1",
        "boot:mmio/1/async/poweroff/stock",
        "judge:none/huge/and_pauses",
        "judge:does_not_pause/huge/at_once_and_pauses",
        "judge:none/stock/at_once_and_is_held",
        "judge:none/huge/at_once_and_pauses",
        "judge:acknowledges_before_it_maps/stock/and_is_held",
        "judge:closes_registers_late/huge/and_is_held");
  }

  @Test
  @Tag("emulated")
  void theRestWithTheNewerKernelAndTheOtherDriver() throws Exception {
    run(
        "6.12",
        "boot:mmio/2/async/reboot/huge",
        "judge:none/huge/and_is_held",
        "judge:none/stock/and_pauses",
        "judge:none/stock/late",
        "judge:none/huge/at_once_and_pauses",
        "judge:acknowledges_before_it_maps/huge/and_is_held",
        "judge:opens_the_gate_early/stock/and_is_held",
        "judge:loses_a_page_of_a_message/huge/and_is_held",
        "judge:closes_registers_late/stock/and_is_held");
  }

  private void run(String kernel, String... scenarios) throws Exception {
    var files = new GuestFiles(guest, SOURCES.resolve("guest/init"));
    files.addInit("judge", SOURCES.resolve("judge/init"));
    files.addDriver(kernel);
    files.addProgram(SOURCES.resolve("judge/edudma.c"));
    List<String> _ =
        new EmulatedKvm(kernel, MACHINE_MIB, TIMEOUT_SECONDS, SILENCE_SECONDS)
            .run(guest, ScenariosInGuest.class, List.of(scenarios));
  }
}
