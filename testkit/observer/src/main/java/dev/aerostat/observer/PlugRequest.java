package dev.aerostat.observer;

import java.util.List;

/**
 * A request as it was made available.
 *
 * @param isWhole whether its chain is sound and holds a request; else the rest of it is 0
 * @param type its type
 * @param address of the first block
 * @param blocks how many
 * @param answer where each of the ten bytes of its answer goes, or nothing if there is no room for
 *     all
 */
record PlugRequest(boolean isWhole, int type, long address, long blocks, List<Long> answer) {
  boolean hasAnswer() {
    return !answer.isEmpty();
  }

  @Override
  public String toString() {
    return isWhole
        ? "request %d for %d blocks at 0x%x".formatted(type, blocks, address)
        : "a request cut short";
  }
}
