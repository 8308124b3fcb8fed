package dev.aerostat.virtio.transport;

/**
 * The MSI-X table and its pending bits (PCI Local Bus 3.0, section 6.8.2). A message raised while
 * it is masked is pending, and sent when it is unmasked.
 *
 * <p>Safe for use by any thread; messages are sent without a lock. Raising allocates nothing.
 */
final class MsixTable {
  /** VIRTIO_MSI_NO_VECTOR: an event that is not mapped to a vector. */
  static final int NO_VECTOR = 0xffff;

  /** The most vectors for which one 64-bit word holds the pending bits. */
  static final int MOST_VECTORS = Long.SIZE;

  static final int ENTRY_BYTES = 16;

  private static final int MASKED = 1;
  private static final int WORDS = ENTRY_BYTES / Integer.BYTES;
  private static final int ADDRESS = 0;
  private static final int UPPER_ADDRESS = 1;
  private static final int DATA = 2;
  private static final int CONTROL = 3;

  private final PciInterrupts interrupts;
  private final int[] words;
  private long pending;
  private boolean enabled;
  private boolean allMasked;

  MsixTable(int vectors, PciInterrupts interrupts) {
    this.interrupts = interrupts;
    this.words = new int[vectors * WORDS];
    reset();
  }

  int vectors() {
    return words.length / WORDS;
  }

  synchronized void reset() {
    for (int word = 0; word < words.length; word++) {
      words[word] = word % WORDS == CONTROL ? MASKED : 0;
    }
    pending = 0;
    enabled = false;
    allMasked = false;
  }

  /** Called when the driver has written the capability's message control. */
  void control(boolean nowEnabled, boolean nowMasked) {
    synchronized (this) {
      enabled = nowEnabled;
      allMasked = nowMasked;
    }
    sendPending();
  }

  synchronized boolean enabled() {
    return enabled;
  }

  /** Forgets what is pending: the driver that was to hear of it is gone. */
  synchronized void forgetPending() {
    pending = 0;
  }

  void raise(int vector) {
    if (vector >= 0 && vector < vectors()) {
      send(vector, true);
    }
  }

  private void sendPending() {
    for (int vector = 0; vector < vectors(); vector++) {
      send(vector, false);
    }
  }

  private void send(int vector, boolean raised) {
    long address;
    int data;
    synchronized (this) {
      long bit = 1L << vector;
      int entry = vector * WORDS;
      if (!raised && (pending & bit) == 0) {
        return;
      }
      if (!enabled || allMasked || (words[entry + CONTROL] & MASKED) != 0) {
        pending |= bit;
        return;
      }
      pending &= ~bit;
      address =
          ((long) words[entry + UPPER_ADDRESS] << Integer.SIZE)
              | Integer.toUnsignedLong(words[entry + ADDRESS]);
      data = words[entry + DATA];
    }
    interrupts.message(address, data);
  }

  /** Reads the table with aligned 32 or 64 bits; else 0. */
  synchronized long readTable(int offset, int width) {
    if (!allowed(offset, width, words.length * Integer.BYTES)) {
      return 0;
    }
    int word = offset / Integer.BYTES;
    long low = Integer.toUnsignedLong(words[word]);
    return width == Integer.BYTES ? low : low | ((long) words[word + 1] << Integer.SIZE);
  }

  /** Writes the table with aligned 32 or 64 bits; else ignored. */
  void writeTable(int offset, int width, long value) {
    if (!allowed(offset, width, words.length * Integer.BYTES)) {
      return;
    }
    int word = offset / Integer.BYTES;
    synchronized (this) {
      put(word, (int) value);
      if (width == Long.BYTES) {
        put(word + 1, (int) (value >>> Integer.SIZE));
      }
    }
    sendPending();
  }

  private void put(int word, int value) {
    switch (word % WORDS) {
      case ADDRESS -> words[word] = value & ~3;
      case CONTROL -> words[word] = value & MASKED;
      default -> words[word] = value;
    }
  }

  /** Reads the pending bits with aligned 32 or 64 bits; else 0. */
  synchronized long readPending(int offset, int width) {
    if (!allowed(offset, width, Long.BYTES)) {
      return 0;
    }
    long bits = pending >>> (Byte.SIZE * offset);
    return width == Integer.BYTES ? bits & 0xffff_ffffL : bits;
  }

  private static boolean allowed(int offset, int width, int bytes) {
    return (width == Integer.BYTES || width == Long.BYTES)
        && offset % width == 0
        && offset <= bytes - width;
  }
}
