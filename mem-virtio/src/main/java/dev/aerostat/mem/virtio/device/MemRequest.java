package dev.aerostat.mem.virtio.device;

/**
 * A request as the driver wrote it, unchecked (virtio 1.2, section 5.15.6).
 *
 * @param type one of the constants, or any other number
 * @param address of the first block, in bytes, any number
 * @param blocks how many, 0 to 65,535
 */
record MemRequest(int type, long address, int blocks) {
  static final int PLUG = 0;
  static final int UNPLUG = 1;
  static final int UNPLUG_ALL = 2;
  static final int STATE = 3;

  /**
   * What the device answers. BUSY is not among it: Linux then rests 30 seconds and more, and to
   * hold the answer is as good.
   */
  enum Answer {
    ACK(0),
    NACK(1),
    ERROR(3);

    final int code;

    Answer(int code) {
      this.code = code;
    }
  }

  /** The state of blocks, in the answer to {@link #STATE}. */
  enum State {
    PLUGGED(0),
    UNPLUGGED(1),
    MIXED(2);

    final int code;

    State(int code) {
      this.code = code;
    }
  }
}
