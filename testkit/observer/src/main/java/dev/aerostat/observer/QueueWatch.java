package dev.aerostat.observer;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Follows one split ring from outside: what the guest makes available and the device returns. */
final class QueueWatch {
  private static final int ENTRIES = 4;

  private final String name;
  private final MemorySegment available;
  private final MemorySegment used;
  private final RingIndexes indexes;
  private final int size;
  private final ChainReader chains;
  private final Listener listener;
  private final ViolationLog log;
  private final @Nullable GuestMessage[] outstanding;
  private final boolean[] returnedBefore;
  private final ArrayDeque<GuestMessage> spare = new ArrayDeque<>();
  private int nextAvailable;
  private int nextUsed;
  private long messages;
  private boolean broken;

  /** A message that the guest made available. Reused once it was returned. */
  static final class GuestMessage {
    final PageRuns runs = new PageRuns();
    private int head;
    private long number;
    long availableAt;

    /** Another message of the same head, offered later: only a broken driver does that. */
    private @Nullable GuestMessage next;
  }

  /** What is done with a message at either end of its way. */
  interface Listener {
    void offered(GuestMessage message);

    void returned(GuestMessage message, long now);
  }

  QueueWatch(String name, RingPlacement layout, RamIndex ram, Listener listener, ViolationLog log) {
    var bytes = new GuestBytes(ram.memory());
    this.name = name;
    this.available = bytes.require("available ring", layout.available(), layout.availableBytes());
    this.used = bytes.require("used ring", layout.used(), layout.usedBytes());
    this.indexes = new RingIndexes(available, used);
    this.size = layout.size();
    this.chains = new ChainReader(bytes, ram, layout);
    this.listener = listener;
    this.log = log;
    this.outstanding = new GuestMessage[size];
    this.returnedBefore = new boolean[size];
  }

  /** Returns how far the ring has come: to be read before what became available, or used. */
  RingIndexes indexes() {
    return indexes;
  }

  /** Reads what has become available. An index that runs ahead is the guest's fault and ends it. */
  void readAvailable(long now) {
    int index = indexes.available();
    if (index == nextAvailable || broken) {
      return;
    }
    if (distance(nextAvailable, index) > size) {
      broken = true;
      return;
    }
    for (; nextAvailable != index; nextAvailable = successor(nextAvailable)) {
      int head = GuestBytes.u16(available, ENTRIES + 2L * (nextAvailable & (size - 1)));
      if (head < size) {
        offer(head, now);
      } else {
        broken = true;
      }
    }
  }

  private void offer(int head, long now) {
    GuestMessage message = spare.isEmpty() ? new GuestMessage() : spare.pop();
    message.head = head;
    message.number = ++messages;
    message.availableAt = now;
    message.runs.clear();
    broken |= !chains.read(head, message.runs);
    append(message);
    listener.offered(message);
  }

  private void append(GuestMessage message) {
    message.next = null;
    GuestMessage last = outstanding[message.head];
    if (last == null) {
      outstanding[message.head] = message;
      return;
    }
    while (last.next != null) {
      last = last.next;
    }
    last.next = message;
  }

  /** Reads what the device has returned. */
  void readUsed(long now) {
    int index = indexes.used();
    for (; nextUsed != index; nextUsed = successor(nextUsed)) {
      takeBack(GuestBytes.u32(used, ENTRIES + 8L * (nextUsed & (size - 1))), now);
    }
  }

  private void takeBack(long id, long now) {
    GuestMessage message = id < size ? outstanding[(int) id] : null;
    if (message != null) {
      outstanding[(int) id] = message.next;
      returnedBefore[(int) id] = true;
      listener.returned(message, now);
      spare.push(message);
    } else if (id < size && returnedBefore[(int) id]) {
      log.report(Check.ACK_TWICE, "%s head %d is not with the device any more".formatted(name, id));
    } else {
      log.report(Check.ACK_OF_UNKNOWN, "%s head %d was never made available".formatted(name, id));
    }
  }

  /** Reports what the device kept, unless the guest broke the ring. */
  void finish() {
    for (int head = 0; head < size && !broken; head++) {
      for (GuestMessage message = outstanding[head]; message != null; message = message.next) {
        log.report(
            Check.LOST_MESSAGE,
            "%s message %d (head %d, %d pages)"
                .formatted(name, message.number, head, message.runs.pages()));
      }
    }
  }

  /** Counts the pages in messages that are with the device, as often as they are named. */
  long outstandingPages() {
    long pages = 0;
    for (GuestMessage first : outstanding) {
      for (GuestMessage message = first; message != null; message = message.next) {
        pages += message.runs.pages();
      }
    }
    return pages;
  }

  private static int successor(int index) {
    return (index + 1) & 0xffff;
  }

  private static int distance(int from, int to) {
    return (to - from) & 0xffff;
  }
}
