package dev.aerostat.observer;

import dev.aerostat.api.GuestRange;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Follows the request queue of a virtio-mem device from outside (virtio 1.2, section 5.15.6), and
 * judges each answer once its used index is published: the blocks are the guest's from then on, or
 * no longer.
 */
final class PlugWatch {
  private static final int PLUG = 0;
  private static final int UNPLUG = 1;
  private static final int UNPLUG_ALL = 2;
  private static final int STATE = 3;
  private static final int ACK = 0;
  private static final int NACK = 1;
  private static final int ERROR = 3;

  private final PlugRequestReader reader;
  private final MemorySegment available;
  private final MemorySegment used;
  private final RingIndexes indexes;
  private final int size;
  private final GuestRange region;
  private final long blockBytes;
  private final Listener listener;
  private final ViolationLog log;
  private final Map<Integer, Deque<PlugRequest>> outstanding = new HashMap<>();
  private int nextAvailable;
  private int nextUsed;
  private boolean broken;

  /** What the observer knows of pages, by number without holes, and what it is told. */
  interface Listener {
    /** Returns whether all of a range is plugged. */
    boolean allPlugged(GuestRange blocks);

    /** Returns whether none of a range is. */
    boolean nonePlugged(GuestRange blocks);

    void plugged(GuestRange blocks);

    void unplugged(GuestRange blocks);
  }

  PlugWatch(
      RingPlacement ring,
      RamIndex ram,
      GuestRange region,
      long blockBytes,
      Listener listener,
      ViolationLog log) {
    var bytes = new GuestBytes(ram.memory());
    this.reader = new PlugRequestReader(bytes, ring);
    this.available = bytes.require("available ring", ring.available(), ring.availableBytes());
    this.used = bytes.require("used ring", ring.used(), ring.usedBytes());
    this.indexes = new RingIndexes(available, used);
    this.size = ring.size();
    this.region = region;
    this.blockBytes = blockBytes;
    this.listener = listener;
    this.log = log;
  }

  /** Returns how far the ring has come: to be read before what became available, or used. */
  RingIndexes indexes() {
    return indexes;
  }

  /** Reads what has become available. An index that runs ahead is the guest's fault and ends it. */
  void readAvailable() {
    int index = indexes.available();
    if (broken || ((index - nextAvailable) & 0xffff) > size) {
      broken = true;
      return;
    }
    for (; nextAvailable != index; nextAvailable = (nextAvailable + 1) & 0xffff) {
      int head = GuestBytes.u16(available, 4 + 2L * (nextAvailable & (size - 1)));
      if (head >= size) {
        broken = true;
        return;
      }
      PlugRequest request = reader.read(head);
      outstanding.computeIfAbsent(head, key -> new ArrayDeque<>()).add(request);
    }
  }

  /** Reads what the device has returned. */
  void readUsed() {
    int index = indexes.used();
    for (; nextUsed != index; nextUsed = (nextUsed + 1) & 0xffff) {
      int head = (int) GuestBytes.u32(used, 4 + 8L * (nextUsed & (size - 1)));
      Deque<PlugRequest> sent = outstanding.getOrDefault(head, new ArrayDeque<>());
      if (sent.isEmpty()) {
        log.report(
            Check.ACK_OF_UNKNOWN, "request queue head %d is not with the device".formatted(head));
      } else {
        judge(sent.remove());
      }
    }
  }

  private void judge(PlugRequest request) {
    if (!request.hasAnswer()) {
      return; // Nobody hears of it, so it must not have been carried out.
    }
    int answer = reader.answer(request);
    boolean right =
        switch (answer) {
          case ACK -> request.isWhole() && acknowledged(request);
          case NACK -> request.isWhole() && request.type() == PLUG;
          case ERROR -> !request.isWhole() || !makesSense(request);
          default -> false;
        };
    if (!right) {
      log.report(Check.WRONG_ANSWER, "%s was answered %d".formatted(request, answer));
    }
  }

  /** Does what was acknowledged; returns whether that could be. */
  private boolean acknowledged(PlugRequest request) {
    if (!makesSense(request)) {
      return false;
    }
    switch (request.type()) {
      case PLUG -> listener.plugged(blocks(request));
      case UNPLUG -> listener.unplugged(blocks(request));
      case UNPLUG_ALL -> listener.unplugged(region);
      default -> {
        return reader.state(request) == state(blocks(request));
      }
    }
    return true;
  }

  private boolean makesSense(PlugRequest request) {
    return switch (request.type()) {
      case PLUG -> exists(request) && listener.nonePlugged(blocks(request));
      case UNPLUG -> exists(request) && listener.allPlugged(blocks(request));
      case UNPLUG_ALL -> true;
      case STATE -> exists(request);
      default -> false;
    };
  }

  private boolean exists(PlugRequest request) {
    long at = request.address();
    return request.blocks() > 0
        && region.contains(at)
        && at % blockBytes == 0
        && request.blocks() <= (region.end() - at) / blockBytes;
  }

  private GuestRange blocks(PlugRequest request) {
    return GuestRange.ofLength(request.address(), request.blocks() * blockBytes);
  }

  private int state(GuestRange blocks) {
    if (listener.allPlugged(blocks)) {
      return 0;
    }
    return listener.nonePlugged(blocks) ? 1 : 2;
  }

  /** Reports what the device kept, unless the guest broke the ring. */
  void finish() {
    if (!broken) {
      outstanding.forEach(
          (head, sent) ->
              sent.forEach(
                  request ->
                      log.report(Check.LOST_MESSAGE, "%s of head %d".formatted(request, head))));
    }
  }
}
