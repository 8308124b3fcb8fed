package dev.aerostat.mapper.vfio;

import java.util.Arrays;
import java.util.Optional;

/**
 * The MSI capability as the guest sees it (PCI Local Bus Specification 3.0, section 6.8.1): one
 * vector, without a mask. It is kept here, since the kernel has the device's own.
 */
final class MsiCapability {
  static final int ID = 5;

  /** In the control word, which is the upper half of the first double word. */
  private static final int ENABLE = 1 << 16;

  private static final int WIDE = 1 << 23;

  private static final int ADDRESS_BITS = ~3;
  private static final int DATA_BITS = 0xffff;

  private final int position;
  private final boolean wide;

  /** The double words: control, address, its upper half if it is wide, data. */
  private final int[] words;

  /**
   * Starts switched off.
   *
   * @param position where it begins, a multiple of 4
   * @param header the double word that the device has there
   */
  MsiCapability(int position, int header) {
    this.position = position;
    this.wide = (header & WIDE) != 0;
    this.words = new int[wide ? 4 : 3];
    reset();
  }

  void reset() {
    Arrays.fill(words, 0);
    words[0] = ID | (wide ? WIDE : 0);
  }

  int position() {
    return position;
  }

  boolean covers(int register) {
    return register >= position && register < position + Integer.BYTES * words.length;
  }

  int read(int register) {
    return words[(register - position) / Integer.BYTES];
  }

  void write(int register, int mask, int bits) {
    int word = (register - position) / Integer.BYTES;
    int writable = mask & writable(word);
    words[word] = (words[word] & ~writable) | (bits & writable);
  }

  private int writable(int word) {
    if (word == 0) {
      return ENABLE;
    }
    if (word == words.length - 1) {
      return DATA_BITS;
    }
    return word == 1 ? ADDRESS_BITS : -1;
  }

  /** Returns what interrupts the guest, empty while it is off. */
  Optional<MsiMessage> message() {
    if ((words[0] & ENABLE) == 0) {
      return Optional.empty();
    }
    long upper = wide ? (long) words[2] << Integer.SIZE : 0;
    return Optional.of(
        new MsiMessage(upper | Integer.toUnsignedLong(words[1]), words[words.length - 1]));
  }
}
