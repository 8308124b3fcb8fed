package dev.aerostat.vmm;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Progress;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.testkit.PacedMapper;
import dev.aerostat.vmm.bus.GuestEnd;
import dev.aerostat.vmm.console.ConsoleOutput;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Boots a guest in the emulated machine and judges whether it does what it must. Nothing is mapped
 * until the balloon is as large as asked: so a guest balloons all that it can, however slow it
 * boots.
 */
final class BootsInGuest {
  /** Far more than it takes: a machine that is shared is slow. */
  private static final int MOST_SECONDS = 400;

  private final GuestBoot boot;
  private final List<String> console = new ArrayList<>();
  private final Timeline timeline = new Timeline(System::nanoTime);

  private BootsInGuest(GuestBoot boot) {
    this.boot = boot;
  }

  /** Boots a guest, named as {@link GuestBoot} reads it, and lists what is to complain of. */
  static boolean passes(String boot) throws Exception {
    List<String> complaints = new BootsInGuest(GuestBoot.parse(boot)).run();
    System.out.printf("BOOT %s %s%n", boot, complaints.isEmpty() ? "passed" : complaints);
    return complaints.isEmpty();
  }

  private List<String> run() throws Exception {
    var paced = new CompletableFuture<PacedMapper>();
    HostMapper.Source mappers =
        (settings, memory) -> {
          HostMapper real = HostMapper.open(settings, memory);
          var mapper = new PacedMapper(real.mapper());
          paced.complete(mapper);
          return new HostMapper(real.name(), mapper, real.devices());
        };
    var output = new ConsoleOutput(OutputStream.nullOutputStream(), this::line);
    try (var limit = TimeLimit.ofSeconds(MOST_SECONDS);
        var guest = VirtualMachine.build(boot.settings(), timeline, output, mappers)) {
      if (boot.balloons()) {
        paced.join().holdFrom(0);
        guest.engine().addListener(new Inflated(paced.join()));
      }
      GuestEnd end = limit.run(guest);
      paced.join().release();
      tell();
      return complaints(guest, end);
    }
  }

  /** Lets mapping go on once the balloon is as large as asked. */
  private record Inflated(PacedMapper mapper) implements EngineListener {
    @Override
    public void progressed(Progress progress) {
      if (progress.targetBytes() > 0 && progress.balloonedBytes() >= progress.targetBytes()) {
        mapper.release();
      }
    }
  }

  private void line(String line) {
    System.out.printf("%s| %s%n", boot, line);
    System.out.flush();
    console.add(line);
  }

  private void tell() {
    for (Moment moment : Moment.values()) {
      timeline
          .nanos(moment)
          .ifPresent(at -> System.out.printf("%s| %8.2f s  %s%n", boot, at / 1e9, moment.words()));
    }
  }

  private List<String> complaints(VirtualMachine guest, GuestEnd end) {
    EngineCounters counters = guest.engine().counters();
    var complaints = new Complaints();
    complaints.unless(end.kind() == boot.expectedEnd(), "ended by " + end);
    complaints.unless(
        says("GUEST up: .* %d processors".formatted(boot.processors())), "not all processors");
    complaints.unless(!says("GUEST failed.*"), "the guest failed");
    complaints.unless(says("GUEST device 0x0005, status 0x0000000f"), "no balloon");
    complaints.unless(
        says(
            "GUEST inflated %d pages, deflated %d pages"
                .formatted(counters.inflatePages(), counters.deflatePages())),
        "guest and engine count differently: " + counters);
    complaints.unless(
        counters.inflatePages() == counters.deflatePages(), "not handed back: " + counters);
    complaints.unless(boot.balloons() == counters.inflatePages() > 0, "ballooned: " + counters);
    complaints.unless(says("GUEST reloaded the driver"), "the driver was not reloaded");
    complaints.unless(timeline.nanos(Moment.FULLY_MAPPED).isPresent(), "not all is mapped");
    complaints.unless(
        guest.engine().deviceCounters().mistakes().isEmpty(),
        "the driver's mistakes: " + guest.engine().deviceCounters());
    return complaints.all();
  }

  private boolean says(String pattern) {
    return console.stream().anyMatch(line -> line.matches(pattern));
  }

  private record Complaints(List<String> all) {
    Complaints() {
      this(new ArrayList<>());
    }

    void unless(boolean holds, String complaint) {
      if (!holds) {
        all.add(complaint);
      }
    }
  }
}
