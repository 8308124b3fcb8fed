package dev.aerostat.memory.linux;

import dev.aerostat.api.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** Brings pages in by writing to them, without changing what they hold. */
final class PageTouch {
  private static final VarHandle WORD = ValueLayout.JAVA_INT.varHandle();

  private PageTouch() {}

  /** Adds 0, atomically: the guest may be writing there at the same time. */
  @SuppressWarnings("restricted") // The addresses were found to be mapped just before.
  static void touch(long address, long bytes) {
    MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(bytes);
    for (long offset = 0; offset < bytes; offset += Pages.SIZE) {
      int _ = (int) WORD.getAndAdd(memory, offset, 0);
    }
  }
}
