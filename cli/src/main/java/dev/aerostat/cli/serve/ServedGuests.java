package dev.aerostat.cli.serve;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.report.ReportChoice;
import dev.aerostat.cli.text.BootProgressBar;
import dev.aerostat.cli.text.Console;
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
import java.util.OptionalInt;

/** Puts an engine behind the balloon of each guest, and reports it. Of the session's thread. */
final class ServedGuests implements BalloonHost {
  private final ServeSettings settings;
  private final OperatorTarget operator;
  private final GuestMetrics metrics;
  private final Console console;
  private final ServeLog log;
  private final GuestReports pages;
  private int count;
  private Optional<GuestEventLog> diary = Optional.empty();
  private Optional<ServedGuestCounts> figures = Optional.empty();

  ServedGuests(
      ServeSettings settings,
      OperatorTarget operator,
      GuestMetrics metrics,
      Console console,
      ServeLog log,
      ReportChoice page) {
    this.settings = settings;
    this.operator = operator;
    this.metrics = metrics;
    this.console = console;
    this.log = log;
    this.pages = new GuestReports(page, settings.mapper().simulated());
  }

  @Override
  public void connected() {
    count++;
    log.tellOf(count, ServeEvent.connected(count));
    diary = Optional.of(new GuestEventLog(count, log));
  }

  @Override
  public HostedBalloon host(GuestMemory memory, GuestInterrupts frontEnd) throws IOException {
    try {
      return engineFor(memory, frontEnd);
    } catch (HostRefusedException | RuntimeException refusal) {
      diary
          .orElseThrow()
          .complain(ServeEvent.noBalloon(count, String.valueOf(refusal.getMessage())));
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
          AsyncDmaMap.builder(memory, mapper, Gate.ofNoDevice())
              .settings(engineSettings)
              .device(settings.device())
              .interrupts(new FrontEndInterrupts(frontEnd))
              .listener(watch)
              .build();
      its.happened(
          GuestMilestone.MEMORY_SHARED,
          ServeEvent.memoryShared(
              memory.bytes(), memory.regionCount(), engineSettings.guestMinimumBytes()));
      operator.serve(engine, memory.bytes() - engineSettings.guestMinimumBytes(), its);
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
        ? Optional.of(BootProgressBar.inMebibytes(console, "guest " + count))
        : Optional.empty();
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

  /** Writes that the session broke, and why. */
  void broken(String reason) {
    diary.ifPresentOrElse(
        its -> its.complain(ServeEvent.sessionFailed(reason)),
        () -> log.complain(OptionalInt.empty(), 0, ServeEvent.sessionFailed(reason)));
  }

  /** Writes that the front end has gone, if there was one. */
  void gone() {
    diary.ifPresent(this::tellEnd);
    diary = Optional.empty();
    figures = Optional.empty();
  }

  private void tellEnd(GuestEventLog its) {
    Optional<ServedGuestCounts> counted = figures;
    its.gone();
    its.end(
        ServeEvent.gone(
            its.number(),
            counted.map(ServedGuestCounts::toString).orElse("its driver never came up"),
            json -> GuestJson.write(json, settings, its, counted)));
    pages
        .write(its.number(), GuestJson.object(settings, its, counted))
        .ifPresent(problem -> its.complain(ServeEvent.noReport(problem)));
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
