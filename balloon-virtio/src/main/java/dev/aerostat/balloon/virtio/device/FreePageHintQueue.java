package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Pages;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.virtio.VirtioMistake;
import dev.aerostat.virtio.device.DescriptorChain;
import dev.aerostat.virtio.device.GuestCursor;
import dev.aerostat.virtio.device.MistakeSink;
import dev.aerostat.virtio.device.Virtqueue;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Reads free page hints (virtio 1.2, section 5.5.6.5). The device writes a command id into the
 * config space; the driver repeats it in a buffer of its own, then sends device-writable buffers,
 * the free blocks, then the id {@link HintIds#STOP}. Blocks under another id than the current one
 * are stale. The device writes into none of them.
 */
final class FreePageHintQueue {
  /**
   * The command ids. They count up across resets, so that a hint under way never passes for one of
   * a later request.
   */
  static final class HintIds {
    static final int STOP = 0;
    static final int DONE = 1;
    private static final int FIRST = 2;

    private int last = DONE;

    int next() {
      last = Integer.compareUnsigned(last + 1, FIRST) < 0 ? FIRST : last + 1;
      return last;
    }
  }

  /** Longest chain that is read: hints may be missed. */
  private static final int MAX_DESCRIPTORS = 64;

  private static final ValueLayout.OfInt COMMAND_ID =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Virtqueue queue;
  private final GuestCursor cursor;
  private final BalloonCounts counts;
  private final MistakeSink mistakes;
  private final HintIds ids;
  private int current = HintIds.STOP;
  private boolean listing;

  FreePageHintQueue(
      Virtqueue queue,
      GuestMemory memory,
      HintIds ids,
      BalloonCounts counts,
      MistakeSink mistakes) {
    this.queue = queue;
    this.ids = ids;
    this.cursor = new GuestCursor(memory);
    this.counts = counts;
    this.mistakes = mistakes;
  }

  boolean isOn() {
    return queue.size() > 0;
  }

  /** Begins a listing; returns its command id. */
  int start() {
    current = ids.next();
    listing = false;
    return current;
  }

  /** Ends the listing: what still comes is stale. */
  void end() {
    current = HintIds.STOP;
    listing = false;
  }

  /** Reads until the ring is empty or the budget is spent. */
  void drain(BalloonEvents events, Budget budget) {
    while (!budget.spent() && queue.poll()) {
      int head = queue.take();
      if (head == Virtqueue.NONE) {
        return;
      }
      counts.otherMessages++;
      read(events, budget);
      queue.giveBack(head);
    }
  }

  private void read(BalloonEvents events, Budget budget) {
    DescriptorChain chain = queue.chain();
    for (int i = 0; i < MAX_DESCRIPTORS; i++) {
      budget.spend(1);
      if (!chain.advance()) {
        return;
      }
      if (chain.writable()) {
        block(chain, events);
      } else {
        command(chain, events);
      }
    }
  }

  private void command(DescriptorChain chain, BalloonEvents events) {
    if (chain.length() != Integer.BYTES) {
      mistakes.report(BalloonMistake.RAGGED_LENGTH);
    } else if (!cursor.moveTo(chain.address(), Integer.BYTES)) {
      mistakes.report(VirtioMistake.BUFFER_OUTSIDE_MEMORY);
    } else {
      obey(cursor.segment().get(COMMAND_ID, cursor.offset()), events);
    }
  }

  private void obey(int id, BalloonEvents events) {
    if (id == HintIds.STOP && listing) {
      end();
      events.freePageHintEnd();
    } else {
      listing = id == current && id != HintIds.STOP;
    }
  }

  private void block(DescriptorChain chain, BalloonEvents events) {
    if (!cursor.isMemory(chain.address(), chain.length())) {
      mistakes.report(VirtioMistake.BUFFER_OUTSIDE_MEMORY);
      return;
    }
    long first = (chain.address() + Pages.SIZE - 1) >>> Pages.SHIFT;
    long end = (chain.address() + chain.length()) >>> Pages.SHIFT;
    if (listing && first < end) {
      events.freePagesHinted(first, end);
    }
  }
}
