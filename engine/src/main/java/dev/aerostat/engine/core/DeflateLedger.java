package dev.aerostat.engine.core;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Which deflate message waits for which granules.
 *
 * <p>A wait is a node in its granule's list. Messages are read one after another, so a message that
 * meets a granule again finds its own node at the head: no pair is kept twice.
 */
final class DeflateLedger {
  /** Beyond so many waits no further deflate is read: it bounds what a guest can make us keep. */
  static final int MAX_WAITS = 65_536;

  private static final int NONE = -1;
  private static final int LEAST_NODES = 64;
  private static final int[] NO_NODES = {};

  private final int granules;

  /** The number of its newest node and 1; 0 if nothing waits for the granule. */
  private final LongsByGranule heads;

  private int[] tokenOfNode = NO_NODES;
  private int[] nextOfNode = NO_NODES;
  private int freeNode = NONE;
  private int nodes;
  private int waits;
  private boolean reading;

  private int[] outstanding = new int[16];
  private boolean[] pending = new boolean[16];
  private boolean[] readWhole = new boolean[16];

  DeflateLedger(int granules) {
    this.granules = granules;
    this.heads = new LongsByGranule(granules);
  }

  boolean hasRoom() {
    return waits < MAX_WAITS;
  }

  /** Returns whether no message waits for a granule or was read in part. */
  boolean isEmpty() {
    return waits == 0 && !reading;
  }

  boolean hasWaiters(int granule) {
    return heads.get(granule) != 0;
  }

  void begin(int token) {
    if (token >= outstanding.length) {
      int length = Integer.highestOneBit(token) * 2;
      outstanding = Arrays.copyOf(outstanding, length);
      pending = Arrays.copyOf(pending, length);
      readWhole = Arrays.copyOf(readWhole, length);
    }
    outstanding[token] = 0;
    pending[token] = true;
    readWhole[token] = false;
    reading = true;
  }

  void await(int token, int granule) {
    int head = headOf(granule);
    if (head != NONE && tokenOfNode[head] == token) {
      return;
    }
    int node = newNode();
    tokenOfNode[node] = token;
    nextOfNode[node] = head;
    long _ = heads.set(granule, node + 1);
    outstanding[token]++;
    waits++;
  }

  /** Called when a message was read whole; returns whether nothing keeps its acknowledgement. */
  boolean end(int token) {
    readWhole[token] = true;
    reading = false;
    return settled(token);
  }

  /**
   * Ends all waits for a granule; messages that wait for nothing more are given to {@code ready}.
   */
  void release(int granule, IntConsumer ready) {
    int node = (int) heads.set(granule, 0) - 1;
    while (node != NONE) {
      int next = nextOfNode[node];
      int token = tokenOfNode[node];
      nextOfNode[node] = freeNode;
      freeNode = node;
      waits--;
      outstanding[token]--;
      if (settled(token)) {
        ready.accept(token);
      }
      node = next;
    }
  }

  /** Ends all waits; every message that was read whole is given to {@code ready}. */
  void releaseAll(IntConsumer ready) {
    for (int granule = 0; waits > 0 && granule < granules; granule++) {
      release(granule, ready);
    }
  }

  /** Forgets everything: after a reset the ring that the tokens belong to is gone. */
  void clear() {
    heads.clear();
    Arrays.fill(pending, false);
    freeNode = NONE;
    nodes = 0;
    waits = 0;
    reading = false;
  }

  /** Called once all memory is mapped, which it then stays: nothing is waited for any more. */
  void allMapped() {
    heads.releaseAll();
    tokenOfNode = NO_NODES;
    nextOfNode = NO_NODES;
    freeNode = NONE;
    nodes = 0;
  }

  private int headOf(int granule) {
    return (int) heads.get(granule) - 1;
  }

  private boolean settled(int token) {
    if (!pending[token] || !readWhole[token] || outstanding[token] > 0) {
      return false;
    }
    pending[token] = false;
    return true;
  }

  private int newNode() {
    if (freeNode != NONE) {
      int node = freeNode;
      freeNode = nextOfNode[node];
      return node;
    }
    if (nodes == tokenOfNode.length) {
      int length = Math.max(LEAST_NODES, 2 * nodes);
      tokenOfNode = Arrays.copyOf(tokenOfNode, length);
      nextOfNode = Arrays.copyOf(nextOfNode, length);
    }
    return nodes++;
  }
}
