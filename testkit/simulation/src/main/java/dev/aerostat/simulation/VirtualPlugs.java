package dev.aerostat.simulation;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Pages;
import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.mem.virtio.device.MemDevice;
import dev.aerostat.mem.virtio.device.MemEvents;
import dev.aerostat.mem.virtio.device.MemTransport;

/**
 * The virtio-mem device of a simulated guest: its wires to event thread and guest, and what is told
 * and counted of it.
 *
 * <p>What the event thread does about a request takes no time of its own: that was not measured,
 * and a guest has one request a millisecond.
 */
class VirtualPlugs implements MemTransport {
  private final VirtualClock clock;
  private final EventThread thread;
  private final MemDevice device;
  private WatchedEvents.Watcher watcher = (event, where, bytes, amount) -> {};
  private Runnable interrupt = () -> {};

  // The request that waits.
  private long firstPage;
  private long endPage;
  private long askedNanos;

  private long requests;
  private long bytes;
  private long waited;
  private long longest;

  VirtualPlugs(MemSettings settings, GuestMemory memory, VirtualClock clock, EventThread thread) {
    this.clock = clock;
    this.thread = thread;
    this.device = new MemDevice(settings, memory, this);
  }

  /** Makes the device of a boot. */
  @FunctionalInterface
  interface Factory {
    VirtualPlugs of(
        MemSettings settings, GuestMemory memory, VirtualClock clock, EventThread thread);
  }

  final MemDevice device() {
    return device;
  }

  /** Sets who is told what happens. */
  final void watchedBy(WatchedEvents.Watcher told) {
    watcher = told;
  }

  /** Sets who is interrupted: not at once, but as the next event at the same time. */
  final void connect(Runnable guest) {
    interrupt = guest;
  }

  /** Returns what the guest plugged so far. */
  final BootReport.Plug counts() {
    return new BootReport.Plug(requests, bytes, waited, longest);
  }

  /** Tells of the memory that the device has. */
  final void started() {
    var region = device.settings().region();
    watcher.happened(
        BootEvent.PLUGGABLE, region.start(), region.length(), Pages.ofBytes(region.length()));
  }

  /** Returns what the device is to tell, which passes on to the engine what that must know. */
  MemEvents events(MemEvents engine) {
    return new MemEvents() {
      @Override
      public void plugAsked(long first, long end) {
        asked(first, end);
        engine.plugAsked(first, end);
      }

      @Override
      public void plugDropped() {
        engine.plugDropped();
      }

      @Override
      public void unplugged(long pages) {
        engine.unplugged(pages);
      }
    };
  }

  final void asked(long first, long end) {
    firstPage = first;
    endPage = end;
    askedNanos = now();
    tell(BootEvent.PLUG);
  }

  /** Answers the request that waits, and returns whether the guest has the answer. */
  final boolean answer(boolean acknowledged) {
    boolean given = device.answerPlug(acknowledged);
    if (given) {
      tell(acknowledged ? BootEvent.PLUGGED : BootEvent.PLUG_REFUSED);
    }
    if (given && acknowledged) {
      long wait = now() - askedNanos;
      requests++;
      bytes += Pages.toBytes(endPage - firstPage);
      waited += wait > 0 ? 1 : 0;
      longest = Math.max(longest, wait);
    }
    return given;
  }

  /** Asks the guest to have so much plugged. */
  void setRequested(long pages) {
    watcher.happened(BootEvent.REQUESTED, 0, 0, pages);
    device.setRequested(Pages.toBytes(pages));
  }

  private void tell(BootEvent event) {
    long pages = endPage - firstPage;
    watcher.happened(event, Pages.toBytes(firstPage), Pages.toBytes(pages), pages);
  }

  private long now() {
    return clock.now() + thread.workUnderWay();
  }

  @Override
  public final void wake() {
    thread.wakeDevice();
  }

  @Override
  public final void interruptQueue() {
    thread.after(0, () -> interrupt.run());
  }

  @Override
  public final void interruptConfig() {
    thread.after(0, () -> interrupt.run());
  }
}
