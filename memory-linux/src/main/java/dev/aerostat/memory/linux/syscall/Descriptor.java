package dev.aerostat.memory.linux.syscall;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.StampedLock;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;

/**
 * An open file descriptor that is closed once.
 *
 * <p>Its calls hold it open until they return, and are refused once it is closed: so none of them
 * reaches a file that was opened later and was given the same number.
 *
 * <p>Safe for use by any thread. A call allocates nothing on the heap.
 */
public final class Descriptor implements AutoCloseable {
  private final SystemCalls calls;
  private final int number;
  private final String name;
  private final IntConsumer closing;

  /** Held for writing by close alone. */
  private final StampedLock use = new StampedLock();

  private boolean closed;

  /**
   * Takes a descriptor over.
   *
   * @param calls that close it
   * @param number 0 or more
   */
  public Descriptor(SystemCalls calls, int number) {
    this(calls, number, "descriptor " + number);
  }

  /**
   * Takes a descriptor over.
   *
   * @param calls that use and close it
   * @param number 0 or more
   * @param name what it is open on, for messages
   */
  public Descriptor(SystemCalls calls, int number, String name) {
    this(calls, number, name, calls::close);
  }

  /**
   * Takes a descriptor over that is closed in a way of its own.
   *
   * @param calls that use it
   * @param number 0 or more
   * @param name what it is open on, for messages
   * @param closing called once in place of close(2), with the number: it has to close it, at once
   *     or later
   */
  public Descriptor(SystemCalls calls, int number, String name, IntConsumer closing) {
    this.calls = calls;
    this.number = number;
    this.name = name;
    this.closing = closing;
  }

  /**
   * Returns the number for a call that this class does not make. It is the caller's duty that the
   * descriptor is not closed before that call returns: afterwards the number may be another file's.
   *
   * @return 0 or more
   * @throws IllegalStateException if this is closed
   */
  public int number() {
    use.unlockRead(enter());
    return number;
  }

  /**
   * Makes a call that this class does not have, and holds the descriptor open until it returns.
   *
   * @param call takes the number, and must not wait: closing waits for it
   * @return what it returns
   * @throws IllegalStateException if this is closed
   */
  public long whileOpen(IntToLongFunction call) {
    long stamp = enter();
    try {
      return call.applyAsLong(number);
    } finally {
      use.unlockRead(stamp);
    }
  }

  /**
   * Controls the device with an argument by value: {@link SystemCalls#ioctl(int, long, long)}.
   *
   * @param request what to do
   * @param argument a number
   * @return 0 or more, or an error number negated
   * @throws IllegalStateException if this is closed
   */
  public int ioctl(long request, long argument) {
    long stamp = enter();
    try {
      return calls.ioctl(number, request, argument);
    } finally {
      use.unlockRead(stamp);
    }
  }

  /**
   * Controls the device with an argument by reference: {@link SystemCalls#ioctl(int, long,
   * MemorySegment)}.
   *
   * @param request what to do
   * @param argument a native structure, which the kernel may write to
   * @return 0 or more, or an error number negated
   * @throws IllegalStateException if this is closed
   */
  public int ioctl(long request, MemorySegment argument) {
    long stamp = enter();
    try {
      return calls.ioctl(number, request, argument);
    } finally {
      use.unlockRead(stamp);
    }
  }

  /**
   * Reads at an offset: {@link SystemCalls#pread}.
   *
   * @param buffer native
   * @param offset in bytes
   * @return bytes read, or an error number negated
   * @throws IllegalStateException if this is closed
   */
  public long pread(MemorySegment buffer, long offset) {
    long stamp = enter();
    try {
      return calls.pread(number, buffer, offset);
    } finally {
      use.unlockRead(stamp);
    }
  }

  /**
   * Writes at an offset: {@link SystemCalls#pwrite}.
   *
   * @param buffer native
   * @param offset in bytes
   * @return bytes written, or an error number negated
   * @throws IllegalStateException if this is closed
   */
  public long pwrite(MemorySegment buffer, long offset) {
    long stamp = enter();
    try {
      return calls.pwrite(number, buffer, offset);
    } finally {
      use.unlockRead(stamp);
    }
  }

  /**
   * Maps a part of the file anywhere in memory: {@link SystemCalls#mmap}. The mapping outlives
   * this.
   *
   * @param bytes how much
   * @param protection such as {@link LinuxConstants#PROT_READ}
   * @param flags such as {@link LinuxConstants#MAP_SHARED}
   * @param offset in the file, in bytes
   * @return the address, or an error number negated
   * @throws IllegalStateException if this is closed
   */
  public long mmap(long bytes, int protection, int flags, long offset) {
    long stamp = enter();
    try {
      return calls.mmap(0, bytes, protection, flags, number, offset);
    } finally {
      use.unlockRead(stamp);
    }
  }

  private long enter() {
    long stamp = use.readLock();
    if (closed) {
      use.unlockRead(stamp);
      throw new IllegalStateException(name + " is closed; use it only while its owner is open");
    }
    return stamp;
  }

  /** Closes it, once its calls under way have returned. Does nothing the second time. */
  @Override
  public void close() {
    long stamp = use.writeLock();
    try {
      if (!closed) {
        closed = true;
        closing.accept(number);
      }
    } finally {
      use.unlockWrite(stamp);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
