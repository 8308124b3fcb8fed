package dev.aerostat.cli.serve;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.report.ReportChoice;
import dev.aerostat.cli.text.BootProgressBar;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.mapper.spi.CostMeter;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.vhost.user.BalloonHost;
import dev.aerostat.vhost.user.GuestInterrupts;
import dev.aerostat.vhost.user.HostedBalloon;
import java.io.IOException;
import java.util.Optional;

/** Puts an engine behind the balloon of each guest, and tells of it. Of the session's thread. */
final class ServedGuests implements BalloonHost {
  private final ServeSettings settings;
  private final OperatorTarget operator;
  private final GuestMetrics metrics;
  private final Console console;
  private final boolean json;
  private final GuestPages pages;
  private final RepeatLimit limit = new RepeatLimit(System::nanoTime);
  private int count;
  private Optional<GuestEventLog> diary = Optional.empty();
  private Optional<ServedGuestCounts> figures = Optional.empty();

  ServedGuests(
      ServeSettings settings,
      OperatorTarget operator,
      GuestMetrics metrics,
      Console console,
      boolean json,
      ReportChoice page) {
    this.metrics = metrics;
    this.settings = settings;
    this.operator = operator;
    this.console = console.quietIf(json);
    this.json = json;
    this.pages = new GuestPages(page, settings.mapper().simulated());
  }

  /** Prints a line, unless a program reads the output. */
  void say(String line) {
    if (!json) {
      console.event(line);
    }
  }

  /** Prints a line that guests can bring about, unless there are too many of its kind. */
  void sayFewTimes(String kind, String line) {
    limit.line(kind, line).ifPresent(this::say);
  }

  /** Complains of what guests can bring about, unless there is too much of its kind. */
  void complainFewTimes(String kind, String line) {
    limit.line(kind, line).ifPresent(console::complain);
  }

  @Override
  public void connected() {
    count++;
    sayFewTimes("connected", "guest %d connected".formatted(count));
    diary = Optional.of(new GuestEventLog(count, this::say, limit));
  }

  @Override
  public HostedBalloon host(GuestMemory memory, GuestInterrupts frontEnd) throws IOException {
    try {
      return engineFor(memory, frontEnd);
    } catch (HostRefusedException | RuntimeException refusal) {
      complainFewTimes(
          "no balloon", "guest %d gets no balloon: %s".formatted(count, refusal.getMessage()));
      throw new IOException(refusal.getMessage(), refusal);
    }
  }

  private HostedBalloon engineFor(GuestMemory memory, GuestInterrupts frontEnd)
      throws HostRefusedException {
    GuestEventLog its = diary.orElseThrow();
    EngineSettings engineSettings = settings.engine(memory);
    var request =
        new MapperRequest(
            memory,
            settings.mapperOptions(),
            engineSettings.prefaultThreads(),
            CostMeter.realTime());
    DmaMapper mapper = settings.mapper().open(request);
    var watch =
        new GuestProgressListener(
            its, progressBar(), pages.recorder(memory), operator::targetBytes);
    try {
      AsyncDmaMap engine =
          AsyncDmaMap.builder(memory, mapper, new ImmediateGate())
              .settings(engineSettings)
              .device(settings.device())
              .interrupts(new FrontEndInterrupts(frontEnd))
              .listener(watch)
              .build();
      its.happened(GuestMilestone.MEMORY_SHARED, shared(memory, engineSettings));
      operator.serve(engine, memory.bytes() - engineSettings.guestMinimumBytes(), its::happened);
      metrics.publish(count, engine);
      engine.start();
      return new ServedGuest(
          settings, engine, its, watch, ending -> ends(memory, engineSettings, ending));
    } catch (RuntimeException failure) {
      watch.close();
      mapper.close();
      throw failure;
    }
  }

  private Optional<BootProgressBar> progressBar() {
    return console.live()
        ? Optional.of(BootProgressBar.inMebibytes(console.err(), "guest " + count))
        : Optional.empty();
  }

  private static String shared(GuestMemory memory, EngineSettings engineSettings) {
    return "%s of memory in %s, %s of it never ballooned: mapping begins"
        .formatted(
            new ByteSize(memory.bytes()),
            NumberFormats.count(memory.regionCount(), "region"),
            new ByteSize(engineSettings.guestMinimumBytes()));
  }

  private void ends(GuestMemory memory, EngineSettings engineSettings, AsyncDmaMap engine) {
    operator.guestGone();
    figures =
        Optional.of(
            new ServedGuestCounts(
                memory.bytes(),
                memory.regionCount(),
                engineSettings.guestMinimumBytes(),
                engine.counters(),
                engine.deviceCounters()));
  }

  /** Prints that the front end has gone, if there was one. */
  void gone() {
    diary.ifPresent(this::tellEnd);
    diary = Optional.empty();
    figures = Optional.empty();
  }

  private void tellEnd(GuestEventLog its) {
    its.happened(
        GuestMilestone.GONE,
        "guest %d is gone; %s"
            .formatted(
                its.number(),
                figures.map(ServedGuestCounts::toString).orElse("its driver never came up")));
    String line = GuestJson.line(settings, its, figures);
    if (json) {
      console.print(line);
    }
    pages.write(its.number(), line).ifPresent(problem -> complainFewTimes("no page", problem));
  }

  /** A gate without a device that could do DMA: it moves at once. */
  private record ImmediateGate() implements Gate {
    @Override
    public void open(Runnable done) {
      done.run();
    }

    @Override
    public void close(Runnable done) {
      done.run();
    }
  }

  /** Sends the engine's interrupts to the front end. */
  private record FrontEndInterrupts(GuestInterrupts frontEnd) implements DeviceInterrupts {
    @Override
    public void queue(int queue) {
      frontEnd.interruptQueue(queue);
    }

    @Override
    public void config() {
      frontEnd.interruptConfig();
    }
  }
}
