package dev.aerostat.vfio.user;

import java.util.List;

/** What the guest's own program does with its edu device, and what it finds. */
final class EduInGuest {
  private static final int BUFFER = 0x40000;

  private final QemuGuest guest;
  private final long source;
  private final long destination;

  EduInGuest(QemuGuest guest) {
    this(guest, QemuGuest.SCRATCH);
  }

  /** Finds the device and enables its BAR; its DMA is from and to memory that nobody uses. */
  EduInGuest(QemuGuest guest, long scratch) {
    this.guest = guest;
    this.source = scratch;
    this.destination = scratch + 4096;
    List<String> found =
        guest.run(
            "D=$(dirname $(grep -l 0x11e8 /sys/bus/pci/devices/*/device)); echo 1 > $D/enable;"
                + " B=$(head -n 1 $D/resource | cut -d' ' -f1); echo $D $B");
    if (!found.getLast().contains("/sys/bus/pci")) {
      throw new IllegalStateException("no edu device: " + found);
    }
  }

  long register(int offset) {
    return guest.number("devmem $(($B+%d)) 32".formatted(offset));
  }

  void register(int offset, long value) {
    List<String> _ = guest.run("devmem $(($B+%d)) 32 0x%x".formatted(offset, value));
  }

  /** Lets the device do DMA, as the guest sees it. */
  void busMaster() {
    List<String> _ =
        guest.run("printf '\\x06\\x01' | dd of=$D/config bs=1 seek=4 conv=notrunc 2>/dev/null");
  }

  long command() {
    return guest.number("echo 0x$(hexdump -s 4 -n 2 -v -e '1/2 \"%04x\"' $D/config)");
  }

  /** Has the device copy 8 bytes from one page of the guest to another; returns what arrived. */
  long copied(long value) {
    List<String> _ =
        guest.run("devmem 0x%x 64 0x%x; devmem 0x%x 64 0".formatted(source, value, destination));
    transfer(source, BUFFER, 1);
    transfer(BUFFER, destination, 3);
    return guest.number("devmem 0x%x 64".formatted(destination));
  }

  /** The read at the end waits for the writes before it, which are posted. */
  private void transfer(long from, long to, int command) {
    List<String> _ =
        guest.run(
            ("devmem $(($B+0x80)) 64 0x%x; devmem $(($B+0x88)) 64 0x%x; devmem $(($B+0x90)) 64 8;"
                    + " devmem $(($B+0x98)) 64 %d; devmem $(($B+0x98)) 32 >/dev/null")
                .formatted(from, to, command));
  }
}
