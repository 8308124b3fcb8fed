package dev.aerostat.virtio.transport;

import java.util.ArrayList;
import java.util.List;

/** Writes down how a device interrupts. */
final class Wires implements PciInterrupts {
  record Message(long address, int data) {}

  final List<Boolean> levels = new ArrayList<>();
  final List<Message> messages = new ArrayList<>();
  private boolean broken;

  void breakOnce() {
    broken = true;
  }

  boolean high() {
    return !levels.isEmpty() && levels.getLast();
  }

  @Override
  public void level(boolean high) {
    if (broken) {
      broken = false;
      throw new IllegalStateException("a broken wire");
    }
    levels.add(high);
  }

  @Override
  public void message(long address, int data) {
    messages.add(new Message(address, data));
  }
}
