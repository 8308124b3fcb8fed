package dev.aerostat.vmm;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.engine.Strategy;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.MachineSettings.Transport;
import dev.aerostat.vmm.bus.GuestEnd;
import dev.aerostat.vmm.console.ConsoleOutput;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Boots guests one after the other, in the emulated machine, and judges each: the exit code is 1 if
 * one does not do what it must. A boot is written {@code TRANSPORT/PROCESSORS/STRATEGY/END}, such
 * as {@code pci/2/async/reboot}.
 */
final class BootsInGuest {
  private static final long MEMORY = 256L << 20;

  /** Far more than it takes: a machine that is shared is slow. */
  private static final int MOST_SECONDS = 240;

  private final List<String> console = new ArrayList<>();
  private final String boot;

  private BootsInGuest(String boot) {
    this.boot = boot;
  }

  public static void main(String[] boots) throws Exception {
    int failed = 0;
    for (String boot : boots) {
      List<String> complaints = new BootsInGuest(boot).run();
      System.out.printf("BOOT %s %s%n", boot, complaints.isEmpty() ? "passed" : complaints);
      failed += complaints.isEmpty() ? 0 : 1;
    }
    System.out.flush();
    System.exit(failed == 0 ? 0 : 1);
  }

  private List<String> run() throws Exception {
    String[] parts = boot.split("/");
    var settings =
        new MachineSettings(
            Path.of("/app/vmlinuz"),
            Optional.of(Path.of("/app/initrd")),
            "noxsave init_on_alloc=0 loglevel=4 guest.end="
                + parts[3]
                + (parts[2].equals("sync") ? " guest.balloon=no" : ""),
            MEMORY,
            new MemoryBacking.Anonymous(true),
            Integer.parseInt(parts[1]),
            List.of(),
            1,
            Transport.valueOf(parts[0].toUpperCase(Locale.ROOT)),
            false,
            Strategy.valueOf(parts[2].toUpperCase(Locale.ROOT)),
            OptionalLong.empty());
    var timeline = new Timeline(System::nanoTime);
    var output = new ConsoleOutput(OutputStream.nullOutputStream(), this::line);
    var held = new ArrayList<HeldMapper>();
    try (var guest =
        VirtualMachine.build(
            settings,
            timeline,
            output,
            (wanted, memory) -> {
              HostMapper real = HostMapper.open(wanted, memory);
              var mapper = new HeldMapper(real.mapper());
              held.add(mapper);
              return new HostMapper(real.name(), mapper, real.devices());
            })) {
      HeldMapper mapper = held.getFirst();
      if (settings.strategy() == Strategy.SYNC) {
        mapper.release();
      }
      guest.engine().addListener(mapper);
      GuestEnd end = runFor(guest);
      mapper.release();
      guest.close();
      return complaints(guest, timeline, end, parts);
    }
  }

  private static GuestEnd runFor(VirtualMachine guest) {
    var watchdog =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    Thread.sleep(1000L * MOST_SECONDS);
                    guest.end(new GuestEnd(GuestEnd.Kind.STOPPED, "it took too long"));
                  } catch (InterruptedException ended) {
                    // As it should.
                  }
                });
    GuestEnd end = guest.run();
    watchdog.interrupt();
    return end;
  }

  private void line(String line) {
    System.out.printf("%s| %s%n", boot, line);
    System.out.flush();
    console.add(line);
  }

  private List<String> complaints(
      VirtualMachine guest, Timeline timeline, GuestEnd end, String[] parts) {
    var complaints = new ArrayList<String>();
    EngineCounters counters = guest.engine().counters();
    for (Moment moment : Moment.values()) {
      timeline
          .nanos(moment)
          .ifPresent(nanos -> System.out.printf("%s| %8.2f s %s%n", boot, nanos / 1e9, moment));
    }
    GuestEnd.Kind expected =
        parts[3].equals("poweroff") ? GuestEnd.Kind.POWER_OFF : GuestEnd.Kind.RESET;
    expect(end.kind() == expected, "ended by " + end, complaints);
    expect(console.stream().noneMatch(l -> l.startsWith("GUEST failed")), "failed", complaints);
    expect(
        console.contains(
            "GUEST inflated %d pages, deflated %d pages"
                .formatted(counters.inflatePages(), counters.deflatePages())),
        "guest and engine count differently: " + counters,
        complaints);
    expect(
        counters.inflatePages() == counters.deflatePages(),
        "not handed back: " + counters,
        complaints);
    expect(
        console.contains("GUEST reloaded the driver"), "the driver was not reloaded", complaints);
    expect(
        console.stream()
            .anyMatch(
                l -> l.startsWith("GUEST up: ") && l.endsWith(" " + parts[1] + " processors")),
        "not all processors came up",
        complaints);
    boolean async = parts[2].equals("async");
    expect(async == counters.inflatePages() > 0, "ballooned: " + counters, complaints);
    expect(timeline.nanos(Moment.FULLY_MAPPED).isPresent(), "not all was mapped", complaints);
    expect(
        guest.engine().deviceCounters().mistakes().isEmpty(),
        "mistakes: " + guest.engine().deviceCounters(),
        complaints);
    return complaints;
  }

  private static void expect(boolean holds, String otherwise, List<String> complaints) {
    if (!holds) {
      complaints.add(otherwise);
    }
  }
}
