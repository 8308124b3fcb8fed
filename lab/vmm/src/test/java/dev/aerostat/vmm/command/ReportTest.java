package dev.aerostat.vmm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.engine.Strategy;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.EarlyDma;
import dev.aerostat.vmm.MachineSettings;
import dev.aerostat.vmm.MachineSettings.Transport;
import dev.aerostat.vmm.Moment;
import dev.aerostat.vmm.Timeline;
import dev.aerostat.vmm.bus.GuestEnd;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ReportTest {
  private long now;

  private TimelineReport report() {
    var timeline = new Timeline(() -> now);
    now = 1_500_000_000L;
    timeline.mark(Moment.RUNNING);
    now = 2_000_000_000L;
    timeline.progressed(new Progress(8L << 30, 0, 6L << 30, 6L << 30, false));
    now = 2_250_000_000L;
    timeline.mark(Moment.DMA_READY);
    now = 3_000_000_000L;
    timeline.mark(Moment.ENDED);
    var settings =
        new MachineSettings(
            Path.of("vmlinuz"),
            Optional.empty(),
            "",
            8L << 30,
            new MemoryBacking.Anonymous(true),
            2,
            List.of(),
            1,
            Transport.MMIO,
            false,
            Strategy.ASYNC,
            EarlyDma.USUAL,
            OptionalLong.empty());
    return new TimelineReport(
        settings,
        "sim",
        timeline,
        new EngineCounters(10, 2560, 3, 1, 4, 1024, 1000, 24, 2, 5, 8L << 30, 0, 1, 99),
        new BalloonCounters(10, 2560, 3, 4, 1024, 3, 4, 0, 20, 2, Map.of()),
        new GuestEnd(GuestEnd.Kind.POWER_OFF, "power-off by ACPI"));
  }

  @Test
  void aPersonReadsWhatHappenedInItsOrder() {
    assertEquals(
        """
        8 GiB of memory, 2 vCPUs, balloon on virtio-mmio, balloon pages of 4 KiB
        async · mapper sim

            0.00 s  the VMM starts
            1.50 s  the guest starts
            2.00 s  the balloon is inflated: 6 GiB
            2.25 s  the gate opens: ready for DMA
            3.00 s  the guest ends: power-off by ACPI

        inflate  2,560 pages in 10 messages
        deflate  1,024 pages in 4 messages
        map      5 calls, 8 GiB; 0 refusals
        driver   2 resets, mistakes {}
        """,
        ReportText.of(report()));
  }

  @Test
  void jsonHasEveryFieldAndWhatNeverHappenedIsNull() {
    String json = TimelineJson.of(report());
    assertEquals(1, json.lines().count());
    for (Moment moment : Moment.values()) {
      assertTrue(json.contains("\"" + moment.property() + "\":"), moment.property());
    }
    assertTrue(json.contains("\"dmaReadyNanos\":2250000000"), json);
    assertTrue(json.contains("\"firstDmaNanos\":null"), json);
    assertTrue(json.contains("\"end\":\"power-off\""), json);
    assertTrue(json.contains("\"mostBalloonedBytes\":6442450944"), json);
  }
}
