package dev.aerostat.cli.serve;

import dev.aerostat.api.Pages;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.engine.AsyncDmaMap;
import java.util.Optional;
import java.util.OptionalInt;

/** How large the balloon is to stay, by the user's word. Safe for use by any thread. */
final class OperatorTarget {
  private long targetBytes;
  private Optional<Guest> guest = Optional.empty();

  /** A guest, and how much of its memory may be in the balloon at most. */
  private record Guest(AsyncDmaMap engine, long mostBytes, GuestEventLog diary) {
    void ask(long bytes) {
      if (bytes > mostBytes) {
        diary.happened(ServeEvent.targetLimited(bytes, mostBytes));
      }
      engine.operatorTarget(Math.min(bytes, mostBytes));
    }
  }

  /**
   * What is asked, and of whom.
   *
   * @param guest the number of the guest that is served; empty if none is
   * @param targetBytes how large its balloon is to stay, or that of the next guest
   */
  record Status(OptionalInt guest, long targetBytes) {}

  OperatorTarget(long targetBytes) {
    this.targetBytes = targetBytes;
  }

  /** Returns what the guest is asked for: no more than it can spare. */
  synchronized long targetBytes() {
    return guest.map(served -> Math.min(targetBytes, served.mostBytes())).orElse(targetBytes);
  }

  synchronized Status status() {
    return new Status(
        guest.map(served -> OptionalInt.of(served.diary().number())).orElse(OptionalInt.empty()),
        targetBytes());
  }

  /**
   * Asks it of this guest from now on.
   *
   * @param mostBytes of its memory that may be in the balloon: all but the guest minimum
   * @param diary is told if that is less than the target
   */
  synchronized void serve(AsyncDmaMap engine, long mostBytes, GuestEventLog diary) {
    guest = Optional.of(new Guest(engine, mostBytes, diary));
    ask();
  }

  synchronized void guestGone() {
    guest = Optional.empty();
  }

  /** Changes it, rounded down to pages of 4 KiB. */
  synchronized void target(ByteSize size) {
    targetBytes = size.bytes() / Pages.SIZE * Pages.SIZE;
    ask();
  }

  private void ask() {
    guest.ifPresent(served -> served.ask(targetBytes));
  }
}
