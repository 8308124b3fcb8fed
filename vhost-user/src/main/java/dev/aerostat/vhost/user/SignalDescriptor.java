package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.socket.EventFileKind;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A descriptor of the front end that is written to in order to tell it something. Safe for use by
 * any thread.
 *
 * <p>Its mode is shared with the front end, so it stays as it is, and each write asks not to wait.
 * A pipe cannot be asked before Linux 6.5, so it is opened anew, with a mode of our own. An eventfd
 * cannot be asked either, nor opened anew (it has no {@code write_iter}, Linux fs/eventfd.c): it is
 * written to where it has room. A message that finds no room is dropped: those before it still wait
 * to be read. A front end that takes the room away between the look and the write makes it wait;
 * {@link StuckWrites} ends that.
 *
 * <p>The lock is held for one write: else the descriptor's number could be another file's by then.
 */
final class SignalDescriptor implements AutoCloseable {
  private static final long IDLE = 0;

  private final SocketCalls calls;
  private final MemorySegment message;
  private final MemorySegment piece;
  private final MemorySegment polled;
  private Optional<Descriptor> descriptor = Optional.empty();
  private boolean tellsRoom;

  /** When the write to an eventfd that is under way began, or {@link #IDLE}. */
  private volatile long writingSince = IDLE;

  /** What {@link #writingSince} writes to. */
  private volatile Optional<Descriptor> eventfd = Optional.empty();

  /** Creates one that leads nowhere yet. */
  SignalDescriptor(MemorySegment message) {
    this(message, SocketCalls.libc());
  }

  SignalDescriptor(MemorySegment message, SocketCalls calls) {
    this.message = message;
    this.calls = calls;
    Arena arena = Arena.ofAuto();
    piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
    piece.set(JAVA_LONG, 0, message.address());
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, message.byteSize());
    polled = arena.allocate(SocketConstants.POLLFD_BYTES, Long.BYTES);
    polled.set(JAVA_SHORT, SocketConstants.POLL_EVENTS, SocketConstants.POLLOUT);
  }

  /** Writes the message. */
  synchronized void signal() {
    if (descriptor.isEmpty()) {
      return;
    }
    int number = descriptor.get().number();
    if (tellsRoom) {
      long written = calls.writeNow(number, piece);
      tellsRoom = written != -CallResult.EOPNOTSUPP;
    }
    if (!tellsRoom && hasRoom(number)) {
      writingSince = System.nanoTime() | 1;
      long _ = calls.write(number, message);
      writingSince = IDLE;
    }
  }

  /**
   * Makes room for a write that has waited for so long, without waiting for it: reads the counter,
   * to which that write then adds. The front end still finds it greater than 0, and so loses none.
   */
  void freeIfStuck(long nanos, MemorySegment into) {
    long since = writingSince;
    if (since != IDLE && System.nanoTime() - since >= nanos) {
      eventfd.ifPresent(
          stuck -> {
            long _ = stuck.whileOpen(number -> calls.readNow(number, into));
          });
    }
  }

  private boolean hasRoom(int number) {
    polled.set(JAVA_INT, 0, number);
    return calls.poll(polled, 1, 0) == 1
        && (polled.get(JAVA_SHORT, SocketConstants.POLL_REVENTS) & SocketConstants.POLLOUT) != 0;
  }

  /**
   * Takes a descriptor over in place of the one before.
   *
   * @throws RefusedException if it is none to be written to; it is closed then
   */
  synchronized void connect(Descriptor next) throws RefusedException {
    try {
      connect(next, EventFiles.kindOfSignal(next));
    } catch (RefusedException refusal) {
      next.close();
      throw refusal;
    }
  }

  private void connect(Descriptor next, EventFileKind kind) throws RefusedException {
    Descriptor written = kind == EventFileKind.PIPE ? openedAnew(next) : next;
    close();
    descriptor = Optional.of(written);
    tellsRoom = kind != EventFileKind.EVENTFD;
    if (!tellsRoom) {
      eventfd = descriptor;
      StuckWrites.watch(this);
    }
  }

  private static Descriptor openedAnew(Descriptor pipe) throws RefusedException {
    SystemCalls calls = SystemCalls.libc();
    int flags = LinuxConstants.O_WRONLY | LinuxConstants.O_NONBLOCK | LinuxConstants.O_CLOEXEC;
    int number = calls.open("/proc/self/fd/" + pipe.number(), flags);
    if (number < 0) {
      throw new RefusedException(
          "the pipe cannot be opened for writing (error %d): expected one that this process may open"
                  .formatted(-number)
              + " and that somebody reads, or an eventfd");
    }
    pipe.close();
    return new Descriptor(calls, number);
  }

  @Override
  public synchronized void close() {
    StuckWrites.forget(this);
    eventfd = Optional.empty();
    descriptor.ifPresent(Descriptor::close);
    descriptor = Optional.empty();
  }
}
