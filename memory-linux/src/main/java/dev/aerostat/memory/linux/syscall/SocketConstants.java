package dev.aerostat.memory.linux.syscall;

/**
 * Numbers and layouts of Linux's sockets on x86-64 and AArch64, where they are the same
 * (bits/socket.h, sys/un.h, poll.h, sys/epoll.h, sys/stat.h, fcntl.h, linux/fs.h), but for {@code
 * epoll_event}, which x86-64 packs. Offsets are in bytes.
 *
 * <pre>
 *   msghdr    0 name   8 namelen   16 iov   24 iovlen   32 control   40 controllen   48 flags
 *   iovec     0 base   8 len
 *   cmsghdr   0 len    8 level    12 type   16 data
 *   pollfd    0 fd     4 events    6 revents
 *   epoll_event   0 events   4 or 8 data
 *   stat      0 dev    8 ino      48 size   56 blksize
 *   statx   136 device's major number   140 minor (256)
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

  /** getsockopt(2): how the socket sends, such as {@link #SOCK_STREAM}. */
  public static final int SO_TYPE = 3;

  /** getsockopt(2): whether the socket listens. */
  public static final int SO_ACCEPTCONN = 30;

  /** Who is at the other end of a Unix socket, as a {@code struct ucred}: process, user, group. */
  public static final int SO_PEERCRED = 17;

  /** Size of a {@code struct ucred}. */
  public static final int UCRED_BYTES = 12;

  /** getsockopt(2): the socket's family, such as {@link #AF_UNIX}. */
  public static final int SO_DOMAIN = 39;

  /** shutdown(2): nothing more is received. */
  public static final int SHUT_RD = 0;

  /** ioctl(2) of a socket: how many bytes wait to be read. */
  public static final long FIONREAD = 0x541b;

  /** The type of a control message that carries descriptors. */
  public static final int SCM_RIGHTS = 1;

  /** recvmsg(2): descriptors that come are not inherited by programs. */
  public static final int MSG_CMSG_CLOEXEC = 0x4000_0000;

  /** recvmsg(2): control data was cut off. */
  public static final int MSG_CTRUNC = 8;

  /** recvmsg(2) and sendmsg(2): an error instead of waiting. */
  public static final int MSG_DONTWAIT = 0x40;

  /** sendmsg(2): an error instead of a signal if nobody reads. */
  public static final int MSG_NOSIGNAL = 0x4000;

  /** poll(2): there is something to read. */
  public static final short POLLIN = 1;

  /** poll(2): there is room to write. */
  public static final short POLLOUT = 4;

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

  /** preadv2(2) and pwritev2(2): an error instead of waiting. */
  public static final int RWF_NOWAIT = 8;

  /** epoll_ctl(2): watch another descriptor. */
  public static final int EPOLL_CTL_ADD = 1;

  /** epoll_ctl(2): watch a descriptor no longer. */
  public static final int EPOLL_CTL_DEL = 2;

  /** epoll_ctl(2): watch for something else. */
  public static final int EPOLL_CTL_MOD = 3;

  /** epoll_ctl(2): there is something to read. */
  public static final int EPOLLIN = 1;

  /** epoll_ctl(2): there is room to write. */
  public static final int EPOLLOUT = 4;

  /** epoll_ctl(2): an error, told whether asked for or not. */
  public static final int EPOLLERR = 8;

  /** epoll_ctl(2): the other end is gone, told whether asked for or not. */
  public static final int EPOLLHUP = 0x10;

  /** epoll_ctl(2): the other end sends no more. */
  public static final int EPOLLRDHUP = 0x2000;

  /** epoll_ctl(2): tell of each change once, not of a state for as long as it lasts. */
  public static final int EPOLLET = 1 << 31;

  /** Bytes of an {@code epoll_event}: only x86-64 packs it. */
  public static final int EPOLL_EVENT_BYTES =
      System.getProperty("os.arch").equals("amd64") ? 12 : 16;

  /** Where an {@code epoll_event} has its 8 bytes of data. */
  public static final int EPOLL_DATA = EPOLL_EVENT_BYTES - Long.BYTES;

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

  /** Where a {@code struct stat} has the size of a block: of hugetlbfs, that of its pages. */
  public static final int STAT_BLKSIZE = 56;

  /** statx(2): of the descriptor itself. */
  public static final int AT_EMPTY_PATH = 0x1000;

  /** statx(2): what is known already, without asking who serves the file. */
  public static final int AT_STATX_DONT_SYNC = 0x4000;

  /** Bytes of a {@code struct statx}. */
  public static final int STATX_BYTES = 256;

  /** Where a {@code struct statx} has the major number of the device, and then the minor one. */
  public static final int STATX_DEV_MAJOR = 136;

  private SocketConstants() {}
}
