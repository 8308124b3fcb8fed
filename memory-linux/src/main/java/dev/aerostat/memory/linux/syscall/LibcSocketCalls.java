package dev.aerostat.memory.linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The C library's sockets; how a call is made, {@link LibcCalls} says. */
final class LibcSocketCalls implements SocketCalls {
  static final LibcSocketCalls INSTANCE = new LibcSocketCalls();

  /** An offset that means the file's own, if it has one. */
  private static final long WHERE_IT_IS = -1;

  private static final MemorySegment NO_PATH = Arena.global().allocateFrom("");

  private LibcSocketCalls() {}

  @Override
  public int unixStreamSocket() {
    return unixSocket(SocketConstants.SOCK_STREAM);
  }

  @Override
  public int unixDatagramSocket() {
    return unixSocket(SocketConstants.SOCK_DGRAM);
  }

  private static int unixSocket(int type) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int)
              SocketHandles.SOCKET.invokeExact(
                  state, SocketConstants.AF_UNIX, type | SocketConstants.SOCK_CLOEXEC, 0),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int bind(int socket, MemorySegment address) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int) SocketHandles.BIND.invokeExact(state, socket, address, (int) address.byteSize()),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int connect(int socket, MemorySegment address) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int) SocketHandles.CONNECT.invokeExact(state, socket, address, (int) address.byteSize()),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int listen(int socket, int backlog) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int) SocketHandles.LISTEN.invokeExact(state, socket, backlog), state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int accept(int socket) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int)
              SocketHandles.ACCEPT4.invokeExact(
                  state, socket, 0L, 0L, SocketConstants.SOCK_CLOEXEC),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int shutdown(int socket, int how) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer((int) SocketHandles.SHUTDOWN.invokeExact(state, socket, how), state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int socketOption(int socket, int option, MemorySegment value, MemorySegment bytes) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int)
              SocketHandles.GETSOCKOPT.invokeExact(
                  state, socket, SocketConstants.SOL_SOCKET, option, value, bytes),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public long receive(int socket, MemorySegment message, int flags) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (long) SocketHandles.RECVMSG.invokeExact(state, socket, message, flags), state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public long send(int socket, MemorySegment message, int flags) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (long) SocketHandles.SENDMSG.invokeExact(state, socket, message, flags), state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public long read(int descriptor, MemorySegment buffer) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (long) SocketHandles.READ.invokeExact(state, descriptor, buffer, buffer.byteSize()),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public long write(int descriptor, MemorySegment buffer) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (long) SocketHandles.WRITE.invokeExact(state, descriptor, buffer, buffer.byteSize()),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int poll(MemorySegment descriptors, int count, int millis) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int) SocketHandles.POLL.invokeExact(state, descriptors, (long) count, millis), state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int eventCounter() {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int)
              SocketHandles.EVENTFD.invokeExact(
                  state, 0, SocketConstants.EFD_CLOEXEC | SocketConstants.EFD_NONBLOCK),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int fstat(int descriptor, MemorySegment status) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int) SocketHandles.FSTAT.invokeExact(state, descriptor, status), state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int statxNow(int descriptor, MemorySegment status) {
    MemorySegment state = LibcCalls.state();
    int flags = SocketConstants.AT_EMPTY_PATH | SocketConstants.AT_STATX_DONT_SYNC;
    try {
      return LibcCalls.answer(
          (int) SocketHandles.STATX.invokeExact(state, descriptor, NO_PATH, flags, 0, status),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public long readNow(int descriptor, MemorySegment piece) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (long)
              SocketHandles.PREADV2.invokeExact(
                  state, descriptor, piece, 1, WHERE_IT_IS, SocketConstants.RWF_NOWAIT),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public long writeNow(int descriptor, MemorySegment piece) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (long)
              SocketHandles.PWRITEV2.invokeExact(
                  state, descriptor, piece, 1, WHERE_IT_IS, SocketConstants.RWF_NOWAIT),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int epoll() {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int) SocketHandles.EPOLL_CREATE1.invokeExact(state, SocketConstants.SOCK_CLOEXEC),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int epollControl(int epoll, int operation, int descriptor, MemorySegment event) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int) SocketHandles.EPOLL_CTL.invokeExact(state, epoll, operation, descriptor, event),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int epollWait(int epoll, MemorySegment events, int count, int millis) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer(
          (int) SocketHandles.EPOLL_WAIT.invokeExact(state, epoll, events, count, millis), state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }
}
