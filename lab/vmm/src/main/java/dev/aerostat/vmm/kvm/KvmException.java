package dev.aerostat.vmm.kvm;

import dev.aerostat.api.Errno;
import java.io.IOException;
import java.io.Serial;

/** KVM has refused something: the message says what, and what to do. */
public final class KvmException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * Creates the exception.
   *
   * @param operation what was refused, such as "create a virtual machine"
   * @param errno the kernel's error number
   * @param remedy what to do, or empty text
   */
  KvmException(String operation, int errno, String remedy) {
    super(
        "cannot %s: %s%s"
            .formatted(operation, Errno.name(errno), remedy.isEmpty() ? "" : "; " + remedy));
    this.errno = errno;
  }

  /**
   * Returns the kernel's error number.
   *
   * @return greater than 0
   */
  public int errno() {
    return errno;
  }

  /** Returns what a call returned, if it is no error number negated. */
  static int check(String operation, int result) throws KvmException {
    if (result < 0) {
      throw new KvmException(operation, -result, "");
    }
    return result;
  }
}
