package dev.aerostat.balloon.virtio.device;

import dev.aerostat.balloon.virtio.BalloonStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Writes down what the device reports, and acknowledges or not. */
final class RecordingEvents implements BalloonEvents {
  record Run(long first, long end, boolean descending) {}

  final List<String> log = new ArrayList<>();
  final List<Run> inflated = new ArrayList<>();
  final List<Run> deflated = new ArrayList<>();
  final List<Integer> tokens = new ArrayList<>();
  final List<BalloonStatistics> statistics = new ArrayList<>();
  boolean accepts = true;
  Runnable beforeDeflate = () -> {};
  Consumer<Integer> onDeflateEnd = token -> {};
  Runnable onStatistics = () -> {};
  Runnable onStop = () -> {};
  Runnable onInflateEnd = () -> {};

  @Override
  public void driverReady() {
    log.add("ready");
  }

  @Override
  public void inflated(long firstPage, long endPage, boolean descending) {
    log.add("inflated %d-%d%s".formatted(firstPage, endPage, descending ? " down" : ""));
    inflated.add(new Run(firstPage, endPage, descending));
  }

  @Override
  public void inflateMessageEnd(long pages) {
    log.add("inflate end " + pages);
    onInflateEnd.run();
  }

  @Override
  public boolean acceptsDeflate() {
    beforeDeflate.run();
    return accepts;
  }

  @Override
  public void deflateBegin(int token) {
    log.add("deflate begin " + token);
  }

  @Override
  public void deflated(int token, long firstPage, long endPage) {
    log.add("deflated %d %d-%d".formatted(token, firstPage, endPage));
    deflated.add(new Run(firstPage, endPage, false));
  }

  @Override
  public void deflateEnd(int token, long pages) {
    log.add("deflate end %d %d".formatted(token, pages));
    tokens.add(token);
    onDeflateEnd.accept(token);
  }

  @Override
  public void resetRequested() {
    log.add("reset");
  }

  @Override
  public void stopRequested() {
    log.add("stop");
    onStop.run();
  }

  @Override
  public void stopEnded() {
    log.add("stop ended");
  }

  @Override
  public void statistics(BalloonStatistics figures) {
    statistics.add(figures);
    onStatistics.run();
  }

  @Override
  public void freePagesHinted(long firstPage, long endPage) {
    log.add("hinted %d-%d".formatted(firstPage, endPage));
  }

  @Override
  public void freePageHintEnd() {
    log.add("hint end");
  }

  List<String> takeLog() {
    var copy = List.copyOf(log);
    log.clear();
    return copy;
  }
}
