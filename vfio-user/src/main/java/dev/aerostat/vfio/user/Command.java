package dev.aerostat.vfio.user;

import java.util.Arrays;
import java.util.Optional;

/** What a client asks for (QEMU docs/interop/vfio-user.rst, "Message sizes"). */
enum Command {
  VERSION(1, 4),
  DMA_MAP(2, 32),
  DMA_UNMAP(3, 24),
  DEVICE_GET_INFO(4, 0),
  DEVICE_GET_REGION_INFO(5, 32),
  DEVICE_GET_IRQ_INFO(7, 16),
  DEVICE_SET_IRQS(8, 20),
  REGION_READ(9, 16),
  REGION_WRITE(10, 16),
  DEVICE_RESET(13, 0);

  private final int number;
  private final int leastBytes;

  Command(int number, int leastBytes) {
    this.number = number;
    this.leastBytes = leastBytes;
  }

  /** Returns the command of a number; nothing for one that is not served. */
  static Optional<Command> of(int number) {
    return Arrays.stream(values()).filter(it -> it.number == number).findFirst();
  }

  int number() {
    return number;
  }

  /** Returns how long a payload is at least. */
  int leastBytes() {
    return leastBytes;
  }
}
