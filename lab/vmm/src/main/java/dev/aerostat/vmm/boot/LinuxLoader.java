package dev.aerostat.vmm.boot;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Puts a Linux kernel and what it is booted with into a guest's memory: the 64-bit boot protocol
 * (Linux, Documentation/arch/x86/boot.rst).
 */
public final class LinuxLoader {
  private static final int LARGE_PAGES_A_TABLE = 512;
  private static final int TABLES = 4;

  /** Of a page table's entry: present and writable; and a page of 2 MiB. */
  private static final long TABLE = 3;

  private static final long LARGE_PAGE = 0x83;

  /** Flat segments of 64-bit code and of data (Intel SDM volume 3, 3.4.5). */
  private static final long CODE_SEGMENT = 0x00af_9b00_0000_ffffL;

  private static final long DATA_SEGMENT = 0x00cf_9300_0000_ffffL;

  private final GuestMemory memory;
  private final MemorySegment low;

  /**
   * Creates a loader.
   *
   * @param memory the guest's RAM, as {@link AddressMap#ram} lays it out
   */
  public LinuxLoader(GuestMemory memory) {
    this.memory = memory;
    this.low = memory.region(0).segment();
  }

  /**
   * Loads.
   *
   * @param kernel a bzImage
   * @param initramfs the first root file system, if there is one
   * @param commandLine of the kernel
   * @param acpi guest-physical address of ACPI's root pointer
   * @return where the first processor begins
   * @throws IOException if a file cannot be read, is none of that kind or does not fit: the message
   *     says what was expected
   */
  public BootEntry load(Path kernel, Optional<Path> initramfs, String commandLine, long acpi)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      LinuxImage image = LinuxImage.of(map(kernel, arena), kernel);
      requireRoom(image, kernel);
      copy(image.payload(), image.address());
      var parameters =
          new BootParameters(
                  low.asSlice(AddressMap.PARAMETERS, BootParameters.BYTES), image.header())
              .acpi(acpi)
              .commandLine(writeCommandLine(commandLine, image.commandLineBytes()))
              .memory(memory.regions().stream().map(MemoryRegion::range).toList());
      if (initramfs.isPresent()) {
        MemorySegment files = map(initramfs.get(), arena);
        parameters.initramfs(place(files, image, initramfs.get()), files.byteSize());
      }
      writeSegments();
      writePageTables();
      return new BootEntry(
          image.entry(),
          AddressMap.PARAMETERS,
          AddressMap.PAGE_TABLES,
          AddressMap.SEGMENTS,
          AddressMap.STACK_END);
    }
  }

  private static MemorySegment map(Path file, Arena arena) throws IOException {
    try (var channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  /** The initramfs goes to the end of low memory: the kernel unpacks itself below it. */
  private long place(MemorySegment files, LinuxImage image, Path initramfs) throws IOException {
    long end = Math.min(low.byteSize(), image.initrdLimit() + 1);
    long address = (end - files.byteSize()) / Pages.SIZE * Pages.SIZE;
    if (address < image.address() + image.bytes()) {
      throw new IOException(
          "the initramfs %s of %d bytes does not fit below 0x%x, above the kernel's end at 0x%x;"
                  .formatted(initramfs, files.byteSize(), end, image.address() + image.bytes())
              + " give the guest more memory");
    }
    copy(files, address);
    return address;
  }

  /** A header may say anything. */
  private void requireRoom(LinuxImage image, Path kernel) throws IOException {
    long end = image.address() + image.bytes();
    if (end < 0 || end > low.byteSize()) {
      throw new IOException(
          "the kernel %s needs memory up to 0x%x, and the guest has it up to 0x%x: give it more"
              .formatted(kernel, end, low.byteSize()));
    }
  }

  private void copy(MemorySegment from, long address) {
    low.asSlice(address, from.byteSize()).copyFrom(from);
  }

  private long writeCommandLine(String commandLine, int kernelsMost) throws IOException {
    long room = AddressMap.BASE_RAM_END - AddressMap.COMMAND_LINE - 1;
    long mostBytes = Math.min(kernelsMost, room);
    int bytes = commandLine.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > mostBytes) {
      throw new IOException(
          "a command line of %d bytes: this kernel takes at most %d".formatted(bytes, mostBytes));
    }
    low.setString(AddressMap.COMMAND_LINE, commandLine);
    return AddressMap.COMMAND_LINE;
  }

  private void writeSegments() {
    low.asSlice(AddressMap.SEGMENTS, BootEntry.SEGMENTS_BYTES).fill((byte) 0);
    low.set(JAVA_LONG, AddressMap.SEGMENTS + BootEntry.CODE_SELECTOR, CODE_SEGMENT);
    low.set(JAVA_LONG, AddressMap.SEGMENTS + BootEntry.DATA_SELECTOR, DATA_SEGMENT);
  }

  /** The first 4 GiB are mapped to themselves, by pages of 2 MiB. */
  private void writePageTables() {
    long root = AddressMap.PAGE_TABLES;
    long middle = root + Pages.SIZE;
    long tables = middle + Pages.SIZE;
    low.asSlice(root, (2 + TABLES) * Pages.SIZE).fill((byte) 0);
    low.set(JAVA_LONG, root, middle | TABLE);
    for (int table = 0; table < TABLES; table++) {
      long at = tables + table * Pages.SIZE;
      low.set(JAVA_LONG, middle + (long) table * Long.BYTES, at | TABLE);
      for (int page = 0; page < LARGE_PAGES_A_TABLE; page++) {
        long address = ((long) table * LARGE_PAGES_A_TABLE + page) << 21;
        low.set(JAVA_LONG, at + (long) page * Long.BYTES, address | LARGE_PAGE);
      }
    }
  }
}
