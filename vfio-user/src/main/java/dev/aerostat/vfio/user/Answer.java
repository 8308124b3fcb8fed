package dev.aerostat.vfio.user;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What a request is answered with, if its client wants an answer. */
sealed interface Answer {
  /**
   * Bytes, at once.
   *
   * @param payload its position to its limit
   * @param file goes along, and is closed then
   */
  record Now(ByteBuffer payload, Optional<PassedFile> file) implements Answer {}

  /**
   * An answer that comes once something has happened. Until then nothing else is served.
   *
   * @param event what is waited for
   * @param then the answer after it
   */
  record Later(CompletableFuture<Void> event, Step then) implements Answer {}

  /** Finds an answer. */
  @FunctionalInterface
  interface Step {
    /** Returns it; an {@code IOException} ends the session. */
    Answer answer() throws RefusedException, IOException;
  }

  static Answer done() {
    return of(ByteBuffer.allocate(0));
  }

  static Answer of(ByteBuffer payload) {
    return new Now(payload, Optional.empty());
  }

  static Answer ints(int... numbers) {
    ByteBuffer payload =
        ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.nativeOrder());
    for (int number : numbers) {
      payload.putInt(number);
    }
    return of(payload.flip());
  }

  /** Returns the answer, if the event has happened it is there at once. */
  static Answer after(CompletableFuture<Void> event, Step then)
      throws RefusedException, IOException {
    return event.isDone() ? then.answer() : new Later(event, then);
  }
}
