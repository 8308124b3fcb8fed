package dev.aerostat.vhost.user;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;

/** How a request is answered. */
sealed interface RequestAnswer {
  /** Done: acknowledged, if the front end wants that. */
  record Done() implements RequestAnswer {}

  /**
   * With what was asked for.
   *
   * @param payload from its start to its position
   */
  record Payload(ByteBuffer payload) implements RequestAnswer {}

  /**
   * Not before something has happened, and as is found then. The front end's next request waits;
   * kicks do not.
   *
   * @param event completes then, on any thread
   * @param next called on the session's thread
   */
  record Later(CompletableFuture<?> event, Step next) implements RequestAnswer {}

  /** What is still to be done for a request. */
  interface Step {
    RequestAnswer answer() throws IOException, RefusedException;
  }

  static RequestAnswer number(long value) {
    return new Payload(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(value));
  }

  /** Returns the answer of a step now, if there is nothing to wait for, or else later. */
  static RequestAnswer after(CompletableFuture<?> event, Step next)
      throws IOException, RefusedException {
    return event.isDone() ? next.answer() : new Later(event, next);
  }
}
