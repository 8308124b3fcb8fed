package dev.aerostat.vmm.boot;

/**
 * Where and how the first processor begins: in 64-bit mode, with paging on (Linux,
 * Documentation/arch/x86/boot.rst, "64-bit boot protocol"). Immutable.
 *
 * @param instruction guest-physical address of the first instruction
 * @param parameters that of the kernel's boot parameters
 * @param pageTables that of page tables which map the first 4 GiB to themselves
 * @param segments that of the table of segments, in which 2 is for code and 3 for data
 * @param stack that of the end of a stack
 */
public record BootEntry(
    long instruction, long parameters, long pageTables, long segments, long stack) {
  /** Bytes of the table of segments: 4 of 8 bytes. */
  public static final int SEGMENTS_BYTES = 32;

  /** Selector of the segment for code (__BOOT_CS). */
  public static final int CODE_SELECTOR = 0x10;

  /** Selector of the segment for data (__BOOT_DS). */
  public static final int DATA_SELECTOR = 0x18;
}
