package dev.aerostat.engine;

import java.io.IOException;

/** What code that is called back may throw, declared or not. */
@SuppressWarnings("ImmutableEnumChecker") // Nobody looks at what it gathers.
enum Thrown {
  EXCEPTION(new IllegalStateException("an exception, expected in this test")),
  ERROR(new AssertionError("an error, expected in this test")),
  CHECKED(new IOException("a checked exception past the compiler, expected in this test")),
  INTERRUPTED(new InterruptedException("an interrupt, expected in this test")),
  OUT_OF_MEMORY(new OutOfMemoryError("pretended, in this test")),
  STACK_OVERFLOW(new StackOverflowError("pretended, in this test")),
  UNPRINTABLE(new Unprintable());

  private final Throwable thrown;

  Thrown(Throwable thrown) {
    this.thrown = thrown;
  }

  /** Throws it, always the same one; an interrupt leaves the thread's flag set. */
  void raise() {
    if (this == INTERRUPTED) {
      Thread.currentThread().interrupt();
    }
    Thrown.<RuntimeException>raise(thrown);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> void raise(Throwable thrown) throws X {
    throw (X) thrown;
  }

  /** Breaks whoever wants to know more about it. */
  private static final class Unprintable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("a message that throws, expected in this test");
    }
  }
}
