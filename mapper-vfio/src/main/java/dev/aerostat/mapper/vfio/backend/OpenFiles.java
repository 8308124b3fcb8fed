package dev.aerostat.mapper.vfio.backend;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** What was opened on the way to an attached device; closed together, last first. */
public final class OpenFiles implements AutoCloseable {
  private final SystemCalls calls;
  private final Deque<Descriptor> open = new ArrayDeque<>();

  /**
   * Creates it empty.
   *
   * @param calls by which files are opened and closed
   */
  public OpenFiles(SystemCalls calls) {
    this.calls = calls;
  }

  /**
   * Opens a file for reading and writing.
   *
   * @param file which
   * @param advice what to do if there is none
   * @return closed with this
   * @throws HostRefusedException if it cannot be opened
   */
  public Descriptor open(Path file, String advice) throws HostRefusedException {
    return open(
        file,
        file.toString(),
        advice,
        () -> new RefusalCause.Other(file + " is in use by another process"));
  }

  /**
   * Opens a file that only one may have open, for reading and writing.
   *
   * @param file which
   * @param name what messages call it
   * @param advice what to do if there is none
   * @param whyBusy finds out who has it open
   * @return closed with this
   * @throws HostRefusedException if it cannot be opened
   */
  public Descriptor open(Path file, String name, String advice, Supplier<RefusalCause> whyBusy)
      throws HostRefusedException {
    int number = calls.open(file.toString(), LinuxConstants.O_RDWR | LinuxConstants.O_CLOEXEC);
    if (number < 0) {
      throw refused(-number, whyNotOpened(file, -number, advice, whyBusy));
    }
    return keep(number, name);
  }

  private static RefusalCause whyNotOpened(
      Path file, int errno, String advice, Supplier<RefusalCause> whyBusy) {
    return switch (errno) {
      case Errno.EACCES, Errno.EPERM -> new RefusalCause.NoPermission(file.toString());
      case Errno.EBUSY -> whyBusy.get();
      case Errno.ENOENT -> new RefusalCause.Other("there is no %s: %s".formatted(file, advice));
      default -> new RefusalCause.Other("cannot open " + file);
    };
  }

  /**
   * Makes a descriptor of our own for a file that somebody else has open.
   *
   * @param number theirs
   * @return closed with this
   * @throws HostRefusedException if the kernel refuses
   */
  public Descriptor duplicate(int number) throws HostRefusedException {
    return keep(
        check("F_DUPFD_CLOEXEC of descriptor " + number, calls.duplicate(number)),
        "a duplicate of descriptor " + number);
  }

  /**
   * Takes over what a call has opened.
   *
   * @param number what the call returned
   * @param name what messages call it
   * @return closed with this
   */
  public Descriptor keep(int number, String name) {
    var descriptor = new Descriptor(calls, number, name);
    open.push(descriptor);
    return descriptor;
  }

  /**
   * Checks what a call returned.
   *
   * @param call what messages call it
   * @param result negative if it was refused
   * @return the same
   * @throws HostRefusedException if it was refused
   */
  public static int check(String call, int result) throws HostRefusedException {
    if (result < 0) {
      throw refused(-result, new RefusalCause.Other(call + " failed"));
    }
    return result;
  }

  /**
   * Returns the refusal to attach a device.
   *
   * @param errno the kernel's
   * @param cause what it means
   * @return for the caller to throw
   */
  public static HostRefusedException refused(int errno, RefusalCause cause) {
    return new HostRefusedException(
        HostOperation.ATTACH, 0, 0, errno, cause, HostRefusedException.State.UNCHANGED);
  }

  /** Closes all of them, those opened last first. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
