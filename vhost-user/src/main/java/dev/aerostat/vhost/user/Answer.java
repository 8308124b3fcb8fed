package dev.aerostat.vhost.user;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;

/** How a request is answered. */
sealed interface Answer {
  /** Done: acknowledged, if the front end wants that. */
  record Done() implements Answer {}

  /**
   * With what was asked for.
   *
   * @param payload from its start to its position
   */
  record Payload(ByteBuffer payload) implements Answer {}

  /**
   * Not before something has happened, and as is found then. The front end's next request waits;
   * kicks do not.
   *
   * @param event completes then, on any thread
   * @param next called on the session's thread
   */
  record Later(CompletableFuture<?> event, Step next) implements Answer {}

  /** What is still to be done for a request. */
  interface Step {
    Answer answer() throws IOException, RefusedException;
  }

  static Answer number(long value) {
    return new Payload(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(value));
  }

  /** Returns the answer of a step now, if there is nothing to wait for, or else later. */
  static Answer after(CompletableFuture<?> event, Step next) throws IOException, RefusedException {
    return event.isDone() ? next.answer() : new Later(event, next);
  }
}
