package dev.aerostat.vmm;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.engine.AsyncDmaMapBuilder;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.testkit.PacedMapper;
import dev.aerostat.tracker.IntervalTreeTracker;
import dev.aerostat.vmm.bus.GuestEnd;
import dev.aerostat.vmm.console.ConsoleOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A boot of a guest that judges its device's DMA. Maps wait twice: until the balloon is as large as
 * asked and the guest asks for DMA, and from the opening of the gate until the guest has probed. So
 * the guest probes while a part of its memory is in the balloon and not mapped.
 */
final class JudgedGuest implements HostMapper.Source, EngineListener {
  /** So much is mapped before the balloon is awaited. */
  private static final long FIRST_STOP = 48L << 20;

  /** Far more than it takes: a machine that is shared is slow. */
  private static final int MOST_SECONDS = 600;

  /** A vCPU that is to pause is out of the guest by then. */
  private static final int SECONDS_TO_PAUSE = 2;

  private static final int SECONDS_OF_PAUSE = 4;

  /** A write is held for so long; a guest that does not pause has nothing to prove meanwhile. */
  private static final int SECONDS_HELD = 2;

  /** All pages that were probed. */
  private static final Pattern ALL_REACHED =
      Pattern.compile(".*: ([1-9][0-9]*) of \\1 pages reached.*");

  private static final List<String> TOLD =
      List.of(
          "before bus",
          "at the gate",
          "handed back",
          "a message arrived",
          "4 of 4 interrupts by the pin",
          "inflated");

  private static final String VERDICT = "JUDGE ";

  private final MachineSettings settings;
  private final VmmSabotage sabotage;
  private final GuestAsks asks;
  private final UnaryOperator<String> label;
  private final Ticks ticks = new Ticks();
  private final List<String> verdicts = new ArrayList<>();
  private final Timeline timeline = new Timeline(System::nanoTime);
  private final CompletableFuture<PacedMapper> paced = new CompletableFuture<>();
  private final CompletableFuture<LyingMapper> lying = new CompletableFuture<>();
  private final CompletableFuture<VirtualMachine> machine = new CompletableFuture<>();
  private final CountDownLatch engineClosed = new CountDownLatch(1);
  private boolean opened;
  private boolean grantedBeforeTheGate;
  private long unmappedWhenProbed = -1;

  /** By the engine, when the guest has all back; a guest that reboots resets its balloon. */
  private long balloonedInTheEnd;

  JudgedGuest(JudgedBoot boot, PciAddress device, UnaryOperator<String> label) {
    this.settings = boot.settings(device);
    this.sabotage = boot.sabotage();
    this.asks = boot.asks();
    this.label = label;
  }

  /** Returns what the guest and its VMM have to complain of. */
  List<String> complaints() throws IOException, HostRefusedException, InterruptedException {
    var output = new ConsoleOutput(OutputStream.nullOutputStream(), this::line);
    try (var limit = TimeLimit.ofSeconds(MOST_SECONDS);
        var guest = VirtualMachine.build(settings, timeline, output, this)) {
      boolean _ = machine.complete(guest);
      guest.engine().addListener(this);
      GuestEnd end = limit.run(guest);
      paced.join().release();
      if (sabotage == VmmSabotage.CLOSES_REGISTERS_LATE) {
        boolean _ = engineClosed.await(MOST_SECONDS, TimeUnit.SECONDS);
      }
      return complaints(end, guest.engine().counters());
    }
  }

  @Override
  public HostMapper open(MachineSettings wanted, GuestMemory memory) throws HostRefusedException {
    HostMapper real = HostMapper.open(wanted, memory);
    var liar = new LyingMapper(real.mapper());
    var mapper = new PacedMapper(liar);
    mapper.holdFrom(FIRST_STOP);
    boolean _ = lying.complete(liar);
    boolean _ = paced.complete(mapper);
    return new HostMapper(real.name(), mapper, real.devices());
  }

  @Override
  public void change(AsyncDmaMapBuilder engine) {
    if (sabotage == VmmSabotage.LOSES_A_PAGE_OF_A_MESSAGE) {
      var _ = engine.tracker(granules -> new ForgetfulTracker(new IntervalTreeTracker(granules)));
    }
  }

  /** The gate stays closed for some seconds, in which a guest that is to pause must not tick. */
  @Override
  public void dmaWanted(EarlyDmaPolicy policy) {
    if (sabotage != VmmSabotage.OPENS_THE_GATE_EARLY) {
      int pause = asks.pauses() ? SECONDS_TO_PAUSE : 0;
      later(pause, ticks::hold);
      later(
          pause + (asks.pauses() ? SECONDS_OF_PAUSE : SECONDS_HELD),
          () -> {
            ticks.release();
            paced.join().release();
          });
    }
  }

  private static void later(int seconds, Runnable task) {
    CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(task);
  }

  @Override
  public synchronized void progressed(Progress progress) {
    if (!opened && progress.gateOpen()) {
      opened = true;
      if (unmappedWhenProbed < 0) {
        paced.join().holdFrom(0);
      }
      if (sabotage == VmmSabotage.ACKNOWLEDGES_BEFORE_IT_MAPS) {
        lying.join().lie();
      }
    }
  }

  private void line(String line) {
    System.out.println(label.apply(line));
    System.out.flush();
    timeline.line(line);
    ticks.line(line);
    if (line.startsWith(VERDICT)) {
      hear(line.substring(VERDICT.length()));
    }
  }

  /**
   * On the thread of a vCPU, which stands still meanwhile. The engine is asked without the lock: it
   * answers on its own thread, which may be in one of the methods above.
   */
  private void hear(String verdict) {
    VirtualMachine guest = machine.join();
    Progress now = guest.engine().progress();
    note(verdict, now);
    switch (verdict) {
      case "asks for bus mastering" -> {
        if (sabotage == VmmSabotage.OPENS_THE_GATE_EARLY) {
          guest.devices().gate().open(() -> {});
        }
      }
      case "waits for its device" -> paced.join().release();
      case "has probed" -> {
        paced.join().release();
        if (sabotage == VmmSabotage.CLOSES_REGISTERS_LATE) {
          var _ = Thread.ofPlatform().daemon().start(() -> closeEngine(guest));
        }
      }
      default -> {}
    }
  }

  private synchronized void note(String verdict, Progress now) {
    verdicts.add(verdict);
    if (verdict.equals("may master the bus")) {
      grantedBeforeTheGate = !now.gateOpen();
    }
    if (verdict.equals("has probed")) {
      unmappedWhenProbed = now.memoryBytes() - now.mappedBytes();
    }
    if (verdict.startsWith("inflated ")) {
      balloonedInTheEnd = now.balloonedBytes();
    }
  }

  private void closeEngine(VirtualMachine guest) {
    guest.engine().close();
    engineClosed.countDown();
  }

  private synchronized List<String> complaints(GuestEnd end, EngineCounters counters) {
    var complaints = new ArrayList<String>();
    for (String verdict : verdicts) {
      boolean early = verdict.startsWith("before bus mastering: ");
      boolean probe = verdict.contains(" pages reached");
      boolean good = early ? verdict.contains(": 0 of 4 ") : ALL_REACHED.matcher(verdict).matches();
      if ((probe && !good) || verdict.startsWith("failed") || verdict.startsWith("waited")) {
        complaints.add(verdict);
      }
    }
    expect(end.kind() == GuestEnd.Kind.RESET, "ended by " + end, complaints);
    expect(!grantedBeforeTheGate, "the write was not held", complaints);
    expect(
        asks.atOnce() || unmappedWhenProbed > 0,
        "all was mapped already when it probed",
        complaints);
    expect(
        timeline.nanos(Moment.PLUGGED).isPresent() == asks.late(),
        "plugged late, or not",
        complaints);
    if (!asks.late()) {
      ticks.judge(asks.pauses(), complaints);
    }
    for (String start : TOLD) {
      expect(
          verdicts.stream().anyMatch(verdict -> verdict.startsWith(start)),
          "it never said '%s'".formatted(start),
          complaints);
    }
    expect(
        balloonedInTheEnd == 0,
        "the engine's balloon still has %d bytes".formatted(balloonedInTheEnd),
        complaints);
    expect(
        verdicts.contains(
            "inflated %d pages, deflated %d pages"
                .formatted(counters.inflatePages(), counters.deflatePages())),
        "guest and engine count differently: " + counters,
        complaints);
    System.out.println(
        label.apply(
            "when it probed, %d MiB of %d were not mapped; it ticked %d times while it was held"
                .formatted(
                    unmappedWhenProbed >> 20, settings.memoryBytes() >> 20, ticks.whileHeld())));
    for (Moment moment : Moment.values()) {
      timeline
          .nanos(moment)
          .ifPresent(
              nanos ->
                  System.out.println(label.apply("%8.2f s  %s".formatted(nanos / 1e9, moment))));
    }
    return complaints;
  }

  private static void expect(boolean holds, String otherwise, List<String> complaints) {
    if (!holds) {
      complaints.add(otherwise);
    }
  }
}
