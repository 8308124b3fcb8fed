package dev.aerostat.engine.core;

import dev.aerostat.api.Pages;

/**
 * How large the balloon is asked to be.
 *
 * <p>While the gate is closed: what is ballooned or still unmapped, whichever is more, less what
 * the guest needs to live on. It never forces a deflate: a guest that still inflates may have a
 * message under way that we know nothing of, so that much room is left above what is ballooned.
 * Afterwards it falls only by pages that are mapped and next to be deflated. The guest is shown at
 * most one change in five milliseconds, since each interrupts it.
 */
final class TargetPolicy {
  static final int TIMER = -1;

  private static final long PACE_NANOS = 5_000_000;

  // num_pages has 32 bits (virtio 1.2, section 5.5.4).
  private static final long LARGEST_TARGET = Pages.LIMIT - 1;

  // Linux deflates so many at a time when it runs out of memory (VIRTIO_BALLOON_OOM_NR_PAGES in
  // drivers/virtio/virtio_balloon.c); compaction deflates one page, of 4 KiB or 2 MiB.
  private static final long COMPACTION_PAGES = 1;
  private static final long HUGE_COMPACTION_PAGES = 512;

  // VIRTIO_BALLOON_ARRAY_PFNS_MAX in the same file.
  private static final long USUAL_MESSAGE_PAGES = 256;

  private final long memoryPages;
  private final CoreSettings settings;
  private final EngineCommands commands;
  // Until a message was seen: 256 pages of 2 MiB, the most that one of Linux's can hold.
  private long largestMessage = USUAL_MESSAGE_PAGES * HUGE_COMPACTION_PAGES;
  private boolean messageSeen;
  private long operatorPages;
  private long ceiling = Long.MAX_VALUE;
  private boolean gateOpen;
  private long wanted;
  private long shown = -1;
  private boolean resting;

  TargetPolicy(long memoryPages, CoreSettings settings, EngineCommands commands) {
    this.memoryPages = memoryPages;
    this.settings = settings;
    this.commands = commands;
  }

  long operatorPages() {
    return operatorPages;
  }

  long shownPages() {
    return Math.max(0, shown);
  }

  void operatorWants(long pages) {
    if (pages < 0 || pages > memoryPages) {
      throw new IllegalArgumentException(
          "an operator's target of %d pages: expected 0 to the guest's %d"
              .formatted(pages, memoryPages));
    }
    operatorPages = pages;
  }

  /** Called after an inflate message: the next one may be as large. */
  void inflated(long pages) {
    largestMessage = Math.max(pages, messageSeen ? largestMessage : USUAL_MESSAGE_PAGES);
    messageSeen = true;
  }

  /** Called after a deflate message. What the guest took back unasked is not asked for again. */
  void deflated(long pages, long balloonedPages) {
    boolean compaction = pages == COMPACTION_PAGES || pages == HUGE_COMPACTION_PAGES;
    if (!gateOpen && !compaction && balloonedPages < shown) {
      ceiling = balloonedPages;
    }
  }

  void reset() {
    ceiling = Long.MAX_VALUE;
  }

  void rested() {
    resting = false;
    show();
  }

  void settle(boolean open, long balloonedPages, long unmappedPages, long readyPages) {
    gateOpen = open;
    long pages = Math.max(operatorPages, own(balloonedPages, unmappedPages, readyPages));
    wanted = Math.min(pages, LARGEST_TARGET);
    if (!resting) {
      show();
    }
  }

  private long own(long balloonedPages, long unmappedPages, long readyPages) {
    if (!settings.async() || (gateOpen && !settings.preMap())) {
      return 0;
    }
    if (gateOpen) {
      return balloonedPages - readyPages;
    }
    long spare = Math.max(0, memoryPages - settings.guestMinimumPages());
    long useful = Math.min(ceiling, Math.min(spare, unmappedPages));
    return Math.max(Math.max(balloonedPages, useful), underWay(balloonedPages));
  }

  /** Returns what the balloon may hold once the message that may be under way has been read. */
  private long underWay(long balloonedPages) {
    boolean inflating = balloonedPages > 0 && balloonedPages < shown && ceiling == Long.MAX_VALUE;
    return inflating ? Math.min(shown, balloonedPages + largestMessage) : 0;
  }

  private void show() {
    if (wanted == shown) {
      return;
    }
    shown = wanted;
    resting = true;
    commands.setTarget(wanted);
    commands.startTimer(TIMER, PACE_NANOS);
  }
}
