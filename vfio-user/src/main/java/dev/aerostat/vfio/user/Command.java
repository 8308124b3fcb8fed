package dev.aerostat.vfio.user;

import java.util.Arrays;
import java.util.Optional;

/** What a client asks for (QEMU docs/interop/vfio-user.rst, "Message sizes"). */
enum Command {
  VERSION(1),
  DMA_MAP(2),
  DMA_UNMAP(3),
  DEVICE_GET_INFO(4),
  DEVICE_GET_REGION_INFO(5),
  DEVICE_GET_IRQ_INFO(7),
  DEVICE_SET_IRQS(8),
  REGION_READ(9),
  REGION_WRITE(10),
  DEVICE_RESET(13);

  private final int number;

  Command(int number) {
    this.number = number;
  }

  /** Returns the command of a number; nothing for one that is not served. */
  static Optional<Command> of(int number) {
    return Arrays.stream(values()).filter(it -> it.number == number).findFirst();
  }

  int number() {
    return number;
  }
}
