package dev.aerostat.mapper.vfio;

import dev.aerostat.memory.linux.syscall.DeviceMemory;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * Registers of a device, mapped into this process.
 *
 * <p>Close it before the mapper, and before that whatever else uses its address: a memory slot of
 * KVM above all. If the mapper is closed first, nothing bad comes of it, and a warning is logged:
 * the registers are gone from then on, so that the device can be given back, and only their
 * addresses stay reserved until this is closed. A segment that somebody still has throws {@link
 * IllegalStateException}. A vCPU that still has a slot there fails with {@code EFAULT}; it never
 * meets memory of this process that came to lie there later.
 *
 * <p>Safe for use by any thread.
 */
public final class RegionMapping implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.mapper.vfio");

  private final SystemCalls calls;
  private final String name;
  private final MemorySegment registers;
  private final Arena arena = Arena.ofShared();
  private final Consumer<RegionMapping> closing;

  /** Held by those who end it. */
  private State state = State.MAPPED;

  private enum State {
    MAPPED,
    RESERVED,
    CLOSED
  }

  /** Takes over what was mapped. */
  RegionMapping(
      SystemCalls calls, String name, long address, long bytes, Consumer<RegionMapping> closing) {
    this.calls = calls;
    this.name = name;
    this.registers = DeviceMemory.mapped(address, bytes, arena);
    this.closing = closing;
  }

  /**
   * Returns the registers, to be read and written in place.
   *
   * @return a native segment as long as the region; accessible by any thread while this is open and
   *     the mapper is
   */
  public MemorySegment registers() {
    return registers;
  }

  /**
   * Ends it. Waits for native calls under way that were given the segment. Does nothing the second
   * time.
   */
  @Override
  public void close() {
    if (end()) {
      closing.accept(this);
    }
  }

  private synchronized boolean end() {
    if (state == State.CLOSED) {
      return false;
    }
    endAccess();
    state = State.CLOSED;
    int _ = calls.munmap(registers.address(), registers.byteSize());
    return true;
  }

  /** Takes the registers away, since the device is closed. */
  synchronized void takeAway() {
    if (state != State.MAPPED) {
      return;
    }
    LOG.log(
        Level.WARNING,
        "{0} is still mapped while its mapper closes: its registers are gone; close it before the mapper",
        name);
    endAccess();
    state = State.RESERVED;
    long reserved =
        calls.mmap(
            registers.address(),
            registers.byteSize(),
            LinuxConstants.PROT_NONE,
            LinuxConstants.MAP_PRIVATE
                | LinuxConstants.MAP_ANONYMOUS
                | LinuxConstants.MAP_FIXED
                | LinuxConstants.MAP_NORESERVE,
            -1,
            0);
    if (reserved < 0) { // The device must be free, at any price.
      state = State.CLOSED;
      int _ = calls.munmap(registers.address(), registers.byteSize());
    }
  }

  /** An arena does not close while a native call has one of its segments. */
  private void endAccess() {
    while (registers.scope().isAlive()) {
      try {
        arena.close();
      } catch (IllegalStateException inUse) {
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
