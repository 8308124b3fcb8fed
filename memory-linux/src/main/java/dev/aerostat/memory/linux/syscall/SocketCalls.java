package dev.aerostat.memory.linux.syscall;

import java.lang.foreign.MemorySegment;

/**
 * The system calls of a process that serves a Unix socket over which descriptors come, as a seam.
 *
 * <p>Every method answers as the kernel does: 0 or more if done, else the error number, negated.
 * Nothing is thrown, nothing is retried. Safe for use by any thread; a call allocates nothing on
 * the heap.
 */
public interface SocketCalls {
  /**
   * Returns the C library of this process.
   *
   * @return calls to the kernel
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  static SocketCalls libc() {
    NativeAccess.require();
    return LibcSocketCalls.INSTANCE;
  }

  /**
   * Creates a Unix stream socket that is not inherited by programs (socket(2)).
   *
   * @return a descriptor, or an error number negated
   */
  int unixStreamSocket();

  /**
   * Creates a Unix datagram socket that is not inherited by programs (socket(2)).
   *
   * @return a descriptor, or an error number negated
   */
  int unixDatagramSocket();

  /**
   * Names a socket (bind(2)).
   *
   * @param socket an open one
   * @param address a {@code sockaddr_un}
   * @return 0, or an error number negated
   */
  int bind(int socket, MemorySegment address);

  /**
   * Connects a socket (connect(2)).
   *
   * @param socket an open one
   * @param address a {@code sockaddr_un}
   * @return 0, or an error number negated
   */
  int connect(int socket, MemorySegment address);

  /**
   * Waits for connections from now on (listen(2)).
   *
   * @param socket one with a name
   * @param backlog connections that may wait
   * @return 0, or an error number negated
   */
  int listen(int socket, int backlog);

  /**
   * Takes a connection, whose descriptor is not inherited by programs (accept4(2)).
   *
   * @param socket one that listens
   * @return a descriptor, or an error number negated
   */
  int accept(int socket);

  /**
   * Ends one direction of a connection, or both (shutdown(2)).
   *
   * @param socket an open one
   * @param how such as {@link SocketConstants#SHUT_RD}
   * @return 0, or an error number negated
   */
  int shutdown(int socket, int how);

  /**
   * Reads an option of a socket (getsockopt(2), level {@code SOL_SOCKET}).
   *
   * @param socket an open one
   * @param option such as {@link SocketConstants#SO_TYPE}
   * @param value where the kernel writes it, native
   * @param bytes 4 native bytes: how many {@code value} has room for, and then how many were
   *     written
   * @return 0, or an error number negated: {@code ENOTSOCK} if it is none
   */
  int socketOption(int socket, int option, MemorySegment value, MemorySegment bytes);

  /**
   * Receives bytes and descriptors (recvmsg(2)).
   *
   * @param socket a connection
   * @param message a {@code msghdr}, which the kernel writes to
   * @param flags such as {@link SocketConstants#MSG_CMSG_CLOEXEC}
   * @return bytes received, 0 at the end of the connection, or an error number negated
   */
  long receive(int socket, MemorySegment message, int flags);

  /**
   * Sends bytes and descriptors (sendmsg(2)).
   *
   * @param socket a connection
   * @param message a {@code msghdr}
   * @param flags such as {@link SocketConstants#MSG_NOSIGNAL}
   * @return bytes sent, or an error number negated
   */
  long send(int socket, MemorySegment message, int flags);

  /**
   * Reads from a socket, a pipe or an eventfd (read(2)).
   *
   * @param descriptor an open one
   * @param buffer native
   * @return bytes read, 0 at the end, or an error number negated
   */
  long read(int descriptor, MemorySegment buffer);

  /**
   * Writes to a socket, a pipe or an eventfd (write(2)).
   *
   * @param descriptor an open one
   * @param buffer native
   * @return bytes written, or an error number negated
   */
  long write(int descriptor, MemorySegment buffer);

  /**
   * Waits for descriptors (poll(2)).
   *
   * @param descriptors an array of {@code pollfd}, which the kernel writes to
   * @param count how many of them to look at
   * @param millis how long to wait; -1 for as long as it takes
   * @return how many are ready, or an error number negated
   */
  int poll(MemorySegment descriptors, int count, int millis);

  /**
   * Creates an event counter that does not block (eventfd(2)).
   *
   * @return a descriptor, or an error number negated
   */
  int eventCounter();

  /**
   * Reads what is there, without waiting, whatever the mode that the file was opened in
   * (preadv2(2)).
   *
   * @param descriptor an open one
   * @param piece an {@code iovec}
   * @return bytes read, 0 at the end, {@code EAGAIN} negated if nothing is there, {@code
   *     EOPNOTSUPP} negated if the file cannot tell, or another error number negated
   */
  long readNow(int descriptor, MemorySegment piece);

  /**
   * Writes what finds room, without waiting, whatever the mode that the file was opened in
   * (pwritev2(2)).
   *
   * @param descriptor an open one
   * @param piece an {@code iovec}
   * @return bytes written, {@code EAGAIN} negated if there is no room, {@code EOPNOTSUPP} negated
   *     if the file cannot tell, as an eventfd, or another error number negated
   */
  long writeNow(int descriptor, MemorySegment piece);

  /**
   * Creates an epoll instance that is not inherited by programs (epoll_create1(2)).
   *
   * @return a descriptor, or an error number negated
   */
  int epoll();

  /**
   * Changes what an epoll instance watches (epoll_ctl(2)).
   *
   * @param epoll the instance
   * @param operation such as {@link SocketConstants#EPOLL_CTL_ADD}
   * @param descriptor to be watched or not
   * @param event an {@code epoll_event}
   * @return 0, or an error number negated: {@code EPERM} if it is a file that is always ready
   */
  int epollControl(int epoll, int operation, int descriptor, MemorySegment event);

  /**
   * Waits for what an epoll instance watches (epoll_wait(2)).
   *
   * @param epoll the instance
   * @param events an array of {@code epoll_event}, which the kernel writes to
   * @param count how many it has room for
   * @param millis how long to wait; -1 for as long as it takes
   * @return how many it wrote, or an error number negated
   */
  int epollWait(int epoll, MemorySegment events, int count, int millis);

  /**
   * Returns what a file is (fstat(2)).
   *
   * @param descriptor an open one
   * @param status a {@code struct stat}: {@link SocketConstants#STAT_BYTES} native bytes
   * @return 0, or an error number negated
   */
  int fstat(int descriptor, MemorySegment status);

  /**
   * Returns what this host itself knows of a file: nobody who serves it is asked (statx(2) with
   * {@code AT_STATX_DONT_SYNC} and an empty mask).
   *
   * @param descriptor an open one
   * @param status a {@code struct statx}: {@link SocketConstants#STATX_BYTES} native bytes, of
   *     which the file system's device is filled in
   * @return 0, or an error number negated
   */
  int statxNow(int descriptor, MemorySegment status);
}
