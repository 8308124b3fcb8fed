package dev.aerostat.vhost.user;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.balloon.virtio.device.BalloonTransport;
import dev.aerostat.balloon.virtio.device.IgnoredEvents;
import dev.aerostat.virtio.VirtioDevice;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A balloon that only acknowledges: no engine, no tracker, no thread of its own. What the driver
 * sends is read where its kick was heard.
 */
final class BareBalloon implements HostedBalloon {
  private final BalloonDevice device;
  private final Acknowledger events = new Acknowledger();
  private final List<BalloonStatistics> statistics = new CopyOnWriteArrayList<>();
  private final AtomicInteger kicks = new AtomicInteger();
  private volatile long hintedPages;
  private volatile boolean allHinted;
  private volatile Optional<Throwable> failure = Optional.empty();
  private volatile boolean closed;
  private volatile boolean failsAtClose;
  private volatile boolean holdsResets;
  private volatile boolean resetHeld;

  BareBalloon(GuestMemory memory, GuestInterrupts frontEnd, BalloonSettings settings) {
    device = new BalloonDevice(settings, memory, new Bus(frontEnd));
  }

  @Override
  public VirtioDevice device() {
    return device.registers();
  }

  /** Returns the device as an engine would hold it. */
  BalloonDevice held() {
    return device;
  }

  @Override
  public void kicked(int queue) {
    int _ = kicks.incrementAndGet();
    device().notifyQueue(queue);
  }

  /** Counts the kicks that were heard of. */
  int kicks() {
    return kicks.get();
  }

  /** Asks the guest for statistics; false if it still owes the last ones. */
  synchronized boolean requestStatistics() {
    return device.requestStatistics();
  }

  List<BalloonStatistics> statistics() {
    return statistics;
  }

  synchronized boolean startHints() {
    return device.startFreePageHint();
  }

  synchronized void endHints() {
    device.stopFreePageHint();
  }

  long hintedPages() {
    return hintedPages;
  }

  boolean allHinted() {
    return allHinted;
  }

  /** Counts the messages that are neither inflates nor deflates. */
  synchronized long otherMessages() {
    return device.counters().otherMessages();
  }

  private synchronized void process() {
    while (device.process(events, Integer.MAX_VALUE)) {
      // All that is there is read at once: a guest of ours is not hostile.
    }
  }

  /** From now on a reset takes effect when {@link #completeReset} is called. */
  void holdResets() {
    holdsResets = true;
  }

  /** Returns whether a reset waits for {@link #completeReset}. */
  boolean isResetHeld() {
    return resetHeld;
  }

  synchronized void completeReset() {
    resetHeld = false;
    device.completeReset();
  }

  boolean isClosed() {
    return closed;
  }

  /** From now on it cannot be served, as when an engine behind it has failed. */
  void fail(String why) {
    failure = Optional.of(new IllegalStateException(why));
  }

  @Override
  public Optional<Throwable> failure() {
    return failure;
  }

  void failAtClose() {
    failsAtClose = true;
  }

  @Override
  public void close() {
    closed = true;
    if (failsAtClose) {
      throw new IllegalStateException("cannot be closed");
    }
  }

  private final class Bus implements BalloonTransport {
    private final GuestInterrupts frontEnd;

    Bus(GuestInterrupts frontEnd) {
      this.frontEnd = frontEnd;
    }

    @Override
    public void wake() {
      process();
    }

    @Override
    public void interruptQueue(int queue) {
      frontEnd.interruptQueue(queue);
    }

    @Override
    public void interruptConfig() {
      frontEnd.interruptConfig();
    }
  }

  private final class Acknowledger implements IgnoredEvents {
    @Override
    public void deflateEnd(int token, long pages) {
      device.acknowledge(token);
    }

    @Override
    public void resetRequested() {
      if (holdsResets) {
        resetHeld = true;
      } else {
        device.completeReset();
      }
    }

    @Override
    public void stopRequested() {
      if (!holdsResets) {
        device.completeStop();
      }
    }

    @Override
    public void statistics(BalloonStatistics figures) {
      statistics.add(figures);
    }

    @Override
    public void freePagesHinted(long firstPage, long endPage) {
      hintedPages = hintedPages + endPage - firstPage;
    }

    @Override
    public void freePageHintEnd() {
      allHinted = true;
    }
  }
}
