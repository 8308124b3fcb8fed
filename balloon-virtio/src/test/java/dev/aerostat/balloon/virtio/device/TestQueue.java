package dev.aerostat.balloon.virtio.device;

import dev.aerostat.virtio.QueueLayout;
import java.util.ArrayList;
import java.util.List;

/** The driver's end of a split ring, for tests: it writes what it is told, right or wrong. */
final class TestQueue {
  static final int NEXT = 1;
  static final int WRITE = 2;
  static final int INDIRECT = 4;

  record Used(int head, int length) {}

  private final TestMemory memory;
  private final QueueLayout layout;
  private int available;
  private int used;

  TestQueue(TestMemory memory, QueueLayout layout) {
    this.memory = memory;
    this.layout = layout;
    this.available = layout.firstIndex() & 0xffff;
    this.used = available;
  }

  /** Places the three areas one after another. */
  static TestQueue at(TestMemory memory, long base, int size) {
    long driver = base + 16L * size;
    long device = (driver + 6 + 2L * size + 3) & ~3L;
    return new TestQueue(memory, new QueueLayout(size, base, driver, device));
  }

  QueueLayout layout() {
    return layout;
  }

  int size() {
    return layout.size();
  }

  void descriptor(int index, long address, long length, int flags, int next) {
    descriptorAt(layout.descriptorArea() + 16L * index, address, length, flags, next);
  }

  void descriptorAt(long at, long address, long length, int flags, int next) {
    memory.write(at, address, 8);
    memory.write(at + 8, length, 4);
    memory.write(at + 12, flags, 2);
    memory.write(at + 14, next, 2);
  }

  /** Makes one buffer of one descriptor available. */
  void offer(int head, long address, long length) {
    descriptor(head, address, length, 0, 0);
    offer(head);
  }

  void offer(int head) {
    long slot = Integer.remainderUnsigned(available, size());
    memory.write(layout.driverArea() + 4 + 2 * slot, head, 2);
    available = (available + 1) & 0xffff;
    availableIndex(available);
  }

  void availableIndex(int index) {
    memory.write(layout.driverArea() + 2, index, 2);
  }

  void flags(int flags) {
    memory.write(layout.driverArea(), flags, 2);
  }

  void usedEvent(int index) {
    memory.write(layout.driverArea() + 4 + 2L * size(), index, 2);
  }

  int availEvent() {
    return (int) memory.read(layout.deviceArea() + 4 + 8L * size(), 2);
  }

  int usedIndex() {
    return (int) memory.read(layout.deviceArea() + 2, 2);
  }

  int available() {
    return available;
  }

  /** Takes what the device returned since the last call. */
  List<Used> takeUsed() {
    var elements = new ArrayList<Used>();
    while (used != usedIndex()) {
      long at = layout.deviceArea() + 4 + 8L * Integer.remainderUnsigned(used, size());
      elements.add(new Used((int) memory.read(at, 4), (int) memory.read(at + 4, 4)));
      used = (used + 1) & 0xffff;
    }
    return elements;
  }

  List<Integer> takeUsedHeads() {
    return takeUsed().stream().map(Used::head).toList();
  }
}
