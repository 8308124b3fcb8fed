package dev.aerostat.vhost.user;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Adds what the guest's kernel logged to whatever a test fails with. */
final class KernelLogOnFailure
    implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
  private final Supplier<LinuxGuest> guest;

  KernelLogOnFailure(Supplier<LinuxGuest> guest) {
    this.guest = guest;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLog(failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLog(failure);
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withLog(failure);
  }

  /** A guest that hangs has a console instead, which is what asking it fails with. */
  private Throwable withLog(Throwable failure) {
    try {
      failure.addSuppressed(new AssertionError(HugePageDriver.kernelLog(guest.get())));
    } catch (RuntimeException unasked) {
      failure.addSuppressed(unasked);
    }
    return failure;
  }
}
