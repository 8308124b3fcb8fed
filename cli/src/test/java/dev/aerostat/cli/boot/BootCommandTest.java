package dev.aerostat.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.GuestBehaviour;
import dev.aerostat.simulation.TrackerKind;
import dev.aerostat.simulation.Variant;
import dev.aerostat.simulation.Withholding;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BootCommandTest {
  private static BootScenario scenario(String... args) {
    FakeSimulator simulator = FakeSimulator.smooth();
    Invocation invocation = Invocation.of(simulator, args);
    assertEquals("", invocation.err());
    return simulator.booted.getFirst();
  }

  @Test
  void byDefaultIsAStockLinuxGuestMappedAsynchronously() {
    assertEquals(
        new BootScenario(
            384L << 30,
            7L << 30,
            4096,
            Variant.ASYNC,
            GuestBehaviour.LINUX,
            "sim",
            Map.of(),
            1,
            1_000_000_000,
            0),
        scenario("boot", "--memory", "384G"));
  }

  @Test
  void keepsAtMostHalfOfASmallGuest() {
    assertEquals(32L << 20, scenario("boot", "--memory", "64M").guestMinimumBytes());
  }

  @Test
  void takesEveryOption() {
    assertEquals(
        new BootScenario(
                3L << 39,
                512L << 20,
                2L << 20,
                Variant.SYNC,
                GuestBehaviour.PRESSURED,
                "sim",
                Map.of("rules", "iommufd", "fail", "map:nth=3:times=2"),
                8,
                1_500_000_000,
                -7)
            .withTracker(TrackerKind.BITMAP),
        scenario(
            ("boot --memory 1.5T --resident 512M --balloon-page 2M --strategy sync --mapper sim"
                    + " --mapper-option rules=iommufd --mapper-option fail=map:nth=3:times=2"
                    + " --tracker bitmap --prefault-threads 8 --driver-after 1.5s --guest pressured --seed -7")
                .split(" ")));
  }

  @Test
  void withholdsByVirtioMemIfAskedTo() {
    BootScenario plugged = scenario("boot", "--memory", "384G", "--withhold", "virtio-mem");
    assertEquals(
        scenario("boot", "--memory", "384G").withWithholding(Withholding.VIRTIO_MEM), plugged);
    assertEquals(
        Withholding.BALLOON,
        scenario("boot", "--memory", "8G", "--withhold", "balloon").withholding());
  }

  @Test
  void showsHowAGuestPlugsItsMemory() {
    assertEquals(
        """
        8 GiB of memory, 1.13 GiB of it from the start, the rest by virtio-mem
        async · mapper sim · guest linux · seed 0

            0.00 s  the VMM starts, mapping begins
            0.27 s  the gate opens: ready for DMA
            1.00 s  the virtio-mem driver loads
            1.89 s  all memory is mapped
            1.89 s  all is plugged: the guest has all its memory
        """,
        Invocation.of(
                Simulator.onVirtualClock(), "boot", "--memory", "8G", "--withhold", "virtio-mem")
            .out()
            .lines()
            .limit(8)
            .collect(Collectors.joining("\n", "", "\n")));
  }

  @ParameterizedTest
  @EnumSource
  void everyGuestHasANameAndHelpListsIt(GuestBehaviour guest) {
    assertEquals(guest, scenario("boot", "--memory", "8G", "--guest", guest.toString()).guest());
    String help = Invocation.of(FakeSimulator.smooth(), "boot", "--help").out();
    assertTrue(help.contains(guest.toString()), help);
  }

  @Test
  void printsTheSameBothTimes() {
    for (String format : new String[] {"--json", "--seed=0"}) {
      assertEquals(
          Invocation.of(FakeSimulator.smooth(), "boot", "--memory", "8G", format),
          Invocation.of(FakeSimulator.smooth(), "boot", "--memory", "8G", format));
    }
  }

  @Test
  void speaksAsciiWhereNothingElseIsUnderstood() {
    Invocation invocation =
        Invocation.in(StandardCharsets.US_ASCII, FakeSimulator.smooth(), "boot", "--memory", "8G");
    assertTrue(invocation.out().contains("DMA  ......"), invocation.out());
    assertTrue(invocation.out().contains("12.0 us"), invocation.out());
    assertTrue(!invocation.out().contains("?"), invocation.out());
  }
}
