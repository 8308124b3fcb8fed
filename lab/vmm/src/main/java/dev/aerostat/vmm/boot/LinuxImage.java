package dev.aerostat.vmm.boot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A kernel as distributions ship it, a bzImage: a header with how to load it, and what is loaded
 * (Linux, Documentation/arch/x86/boot.rst). Little-endian; valid for as long as its bytes.
 */
final class LinuxImage {
  /** Where the header begins, in the image as in the kernel's boot parameters. */
  static final int HEADER = 0x1f1;

  private static final int SECTOR = 512;
  private static final int SETUP_SECTORS = 0x1f1;
  private static final int HEADER_SIZE = 0x201;
  private static final int MAGIC = 0x202;
  private static final int HDRS = 0x5372_6448;
  private static final int VERSION = 0x206;
  private static final int INITRD_LIMIT = 0x22c;
  private static final int ALIGNMENT = 0x230;
  private static final int LOAD_FLAGS_64 = 0x236;
  private static final int COMMAND_LINE_SIZE = 0x238;
  private static final int PREFERRED_ADDRESS = 0x258;
  private static final int INIT_SIZE = 0x260;

  /** The first version with a 64-bit entry point: Linux 3.8. */
  private static final int OLDEST_VERSION = 0x20c;

  private static final int ENTRY_64 = 0x200;
  private static final int HAS_ENTRY_64 = 1;

  /** A header is never longer: a byte counts how far it goes beyond {@link #MAGIC}. */
  private static final int HEADER_LIMIT = MAGIC + 0x100;

  private final MemorySegment image;

  private LinuxImage(MemorySegment image) {
    this.image = image;
  }

  /**
   * Examines an image.
   *
   * @param image the whole file
   * @param path where it is from, for messages
   * @throws IOException if it is none, or cannot be entered in 64-bit mode
   */
  static LinuxImage of(MemorySegment image, Path path) throws IOException {
    boolean linux = image.byteSize() > HEADER_LIMIT && image.get(JAVA_INT_UNALIGNED, MAGIC) == HDRS;
    if (!linux) {
      throw new IOException(
          "%s is no kernel that can be booted: expected a bzImage, as distributions ship it as"
                  .formatted(path)
              + " /boot/vmlinuz-VERSION");
    }
    var kernel = new LinuxImage(image);
    boolean enters64 = (image.get(JAVA_SHORT_UNALIGNED, LOAD_FLAGS_64) & HAS_ENTRY_64) != 0;
    if (kernel.number(VERSION) < OLDEST_VERSION || !enters64) {
      throw new IOException(path + " is a kernel for 32 bits: expected one for x86-64");
    }
    if (kernel.setupBytes() >= image.byteSize()) {
      throw new IOException(path + " ends within its header: expected a whole kernel");
    }
    return kernel;
  }

  private int number(long at) {
    return Short.toUnsignedInt(image.get(JAVA_SHORT_UNALIGNED, at));
  }

  private long setupBytes() {
    int sectors = Byte.toUnsignedInt(image.get(JAVA_BYTE, SETUP_SECTORS));
    return (long) SECTOR * ((sectors == 0 ? 4 : sectors) + 1);
  }

  /** Returns what is loaded. */
  MemorySegment payload() {
    return image.asSlice(setupBytes());
  }

  /** Returns the header, to be completed by who loads the kernel. */
  MemorySegment header() {
    int end = MAGIC + Byte.toUnsignedInt(image.get(JAVA_BYTE, HEADER_SIZE));
    return image.asSlice(HEADER, end - HEADER);
  }

  /** Returns where the kernel wants to be: it runs there without moving. */
  long address() {
    long alignment = Integer.toUnsignedLong(image.get(JAVA_INT_UNALIGNED, ALIGNMENT));
    long preferred = image.get(JAVA_LONG_UNALIGNED, PREFERRED_ADDRESS);
    return Math.max(preferred, Math.max(alignment, AddressMap.EXTENDED_RAM));
  }

  /** Returns how much memory it needs there until it knows what there is. */
  long bytes() {
    return Math.max(
        Integer.toUnsignedLong(image.get(JAVA_INT_UNALIGNED, INIT_SIZE)), payload().byteSize());
  }

  long entry() {
    return address() + ENTRY_64;
  }

  /** Returns the last address that the initramfs may have. */
  long initrdLimit() {
    return Integer.toUnsignedLong(image.get(JAVA_INT_UNALIGNED, INITRD_LIMIT));
  }

  /** Returns the longest command line, in bytes without its end. */
  int commandLineBytes() {
    return image.get(JAVA_INT_UNALIGNED, COMMAND_LINE_SIZE);
  }
}
