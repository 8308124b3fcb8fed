package dev.aerostat.memory.linux.syscall;

/**
 * Numbers and layouts of Linux's sockets on x86-64 and AArch64, where they are the same
 * (bits/socket.h, sys/un.h, poll.h, sys/stat.h, asm-generic/fcntl.h). Offsets are in bytes.
 *
 * <pre>
 *   msghdr    0 name   8 namelen   16 iov   24 iovlen   32 control   40 controllen   48 flags
 *   iovec     0 base   8 len
 *   cmsghdr   0 len    8 level    12 type   16 data
 *   pollfd    0 fd     4 events    6 revents
 *   stat      0 dev    8 ino      48 size
 *   sockaddr_un   0 family (2)   2 path (108)
 * </pre>
 */
public final class SocketConstants {
  /** socket(2): Unix. */
  public static final int AF_UNIX = 1;

  /** socket(2): a stream of bytes. */
  public static final int SOCK_STREAM = 1;

  /** socket(2): messages of their own. */
  public static final int SOCK_DGRAM = 2;

  /** socket(2) and accept4(2): not inherited by programs that this one starts. */
  public static final int SOCK_CLOEXEC = 0x80000;

  /** The level of a control message. */
  public static final int SOL_SOCKET = 1;

  /** The type of a control message that carries descriptors. */
  public static final int SCM_RIGHTS = 1;

  /** recvmsg(2): descriptors that come are not inherited by programs. */
  public static final int MSG_CMSG_CLOEXEC = 0x4000_0000;

  /** recvmsg(2): control data was cut off. */
  public static final int MSG_CTRUNC = 8;

  /** sendmsg(2): an error instead of a signal if nobody reads. */
  public static final int MSG_NOSIGNAL = 0x4000;

  /** poll(2): there is something to read. */
  public static final short POLLIN = 1;

  /** poll(2): an error. */
  public static final short POLLERR = 8;

  /** poll(2): the other end is gone. */
  public static final short POLLHUP = 0x10;

  /** poll(2): no open descriptor. */
  public static final short POLLNVAL = 0x20;

  /** eventfd(2): not inherited by programs that this one starts. */
  public static final int EFD_CLOEXEC = 0x80000;

  /** eventfd(2): reads and writes do not block. */
  public static final int EFD_NONBLOCK = 0x800;

  /** fcntl(2): reads the flags. */
  public static final int F_GETFL = 3;

  /** fcntl(2): sets the flags. */
  public static final int F_SETFL = 4;

  /** open(2) and fcntl(2): reads and writes do not block. */
  public static final int O_NONBLOCK = 0x800;

  /** Bytes of a {@code sockaddr_un}. */
  public static final int SOCKADDR_UN_BYTES = 110;

  /** Where the path of a {@code sockaddr_un} starts. */
  public static final int SUN_PATH = 2;

  /** Bytes of a {@code msghdr}. */
  public static final int MSGHDR_BYTES = 56;

  /** Where a {@code msghdr} points to its pieces. */
  public static final int MSG_IOV = 16;

  /** Where a {@code msghdr} says how many pieces there are. */
  public static final int MSG_IOVLEN = 24;

  /** Where a {@code msghdr} points to its control messages. */
  public static final int MSG_CONTROL = 32;

  /** Where a {@code msghdr} says how many bytes its control messages have. */
  public static final int MSG_CONTROLLEN = 40;

  /** Where a {@code msghdr} has its flags. */
  public static final int MSG_FLAGS = 48;

  /** Bytes of an {@code iovec}: an address and a length. */
  public static final int IOVEC_BYTES = 16;

  /** Where an {@code iovec} has its length. */
  public static final int IOV_LEN = 8;

  /** Where a {@code cmsghdr} has its level. */
  public static final int CMSG_LEVEL = 8;

  /** Where a {@code cmsghdr} has its type. */
  public static final int CMSG_TYPE = 12;

  /** Where the data of a {@code cmsghdr} starts: also its size. */
  public static final int CMSG_DATA = 16;

  /** Bytes of a {@code pollfd}. */
  public static final int POLLFD_BYTES = 8;

  /** Where a {@code pollfd} says what to wait for. */
  public static final int POLL_EVENTS = 4;

  /** Where a {@code pollfd} says what has come. */
  public static final int POLL_REVENTS = 6;

  /** Bytes of a {@code struct stat}, at most. */
  public static final int STAT_BYTES = 144;

  /** Where a {@code struct stat} names the file system. */
  public static final int STAT_DEV = 0;

  /** Where a {@code struct stat} names the file. */
  public static final int STAT_INO = 8;

  /** Where a {@code struct stat} has the file's size. */
  public static final int STAT_SIZE = 48;

  private SocketConstants() {}
}
