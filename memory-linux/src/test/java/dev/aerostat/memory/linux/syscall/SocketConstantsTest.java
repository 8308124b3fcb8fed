package dev.aerostat.memory.linux.syscall;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketConstantsTest {
  private static final Path COMPILER = Path.of("/usr/bin/cc");
  private static final Path HEADER = Path.of("/usr/include/stdio.h");

  /** What we say, by the C expression that it must equal. */
  private static Map<String, Integer> constants() {
    var all = new LinkedHashMap<String, Integer>();
    all.put("AF_UNIX", SocketConstants.AF_UNIX);
    all.put("SOCK_STREAM", SocketConstants.SOCK_STREAM);
    all.put("SOCK_CLOEXEC", SocketConstants.SOCK_CLOEXEC);
    all.put("SOL_SOCKET", SocketConstants.SOL_SOCKET);
    all.put("SO_TYPE", SocketConstants.SO_TYPE);
    all.put("SO_ACCEPTCONN", SocketConstants.SO_ACCEPTCONN);
    all.put("SO_DOMAIN", SocketConstants.SO_DOMAIN);
    all.put("SHUT_RD", SocketConstants.SHUT_RD);
    all.put("SCM_RIGHTS", SocketConstants.SCM_RIGHTS);
    all.put("MSG_CMSG_CLOEXEC", SocketConstants.MSG_CMSG_CLOEXEC);
    all.put("MSG_CTRUNC", SocketConstants.MSG_CTRUNC);
    all.put("MSG_DONTWAIT", SocketConstants.MSG_DONTWAIT);
    all.put("MSG_NOSIGNAL", SocketConstants.MSG_NOSIGNAL);
    all.put("POLLIN", (int) SocketConstants.POLLIN);
    all.put("POLLOUT", (int) SocketConstants.POLLOUT);
    all.put("POLLERR", (int) SocketConstants.POLLERR);
    all.put("POLLHUP", (int) SocketConstants.POLLHUP);
    all.put("POLLNVAL", (int) SocketConstants.POLLNVAL);
    all.put("EFD_CLOEXEC", SocketConstants.EFD_CLOEXEC);
    all.put("EFD_NONBLOCK", SocketConstants.EFD_NONBLOCK);
    all.put("RWF_NOWAIT", SocketConstants.RWF_NOWAIT);
    all.put("EPOLL_CTL_ADD", SocketConstants.EPOLL_CTL_ADD);
    all.put("EPOLL_CTL_DEL", SocketConstants.EPOLL_CTL_DEL);
    all.put("EPOLL_CTL_MOD", SocketConstants.EPOLL_CTL_MOD);
    all.put("EPOLLIN", SocketConstants.EPOLLIN);
    all.put("EPOLLOUT", SocketConstants.EPOLLOUT);
    all.put("EPOLLERR", SocketConstants.EPOLLERR);
    all.put("EPOLLHUP", SocketConstants.EPOLLHUP);
    all.put("EPOLLRDHUP", SocketConstants.EPOLLRDHUP);
    all.put("(int) EPOLLET", SocketConstants.EPOLLET);
    all.put("EPOLL_CLOEXEC", SocketConstants.SOCK_CLOEXEC);
    all.put("sizeof(struct epoll_event)", SocketConstants.EPOLL_EVENT_BYTES);
    all.put("offsetof(struct epoll_event, data)", SocketConstants.EPOLL_DATA);
    all.put("sizeof(struct sockaddr_un)", SocketConstants.SOCKADDR_UN_BYTES);
    all.put("offsetof(struct sockaddr_un, sun_path)", SocketConstants.SUN_PATH);
    all.put("sizeof(struct msghdr)", SocketConstants.MSGHDR_BYTES);
    all.put("offsetof(struct msghdr, msg_iov)", SocketConstants.MSG_IOV);
    all.put("offsetof(struct msghdr, msg_iovlen)", SocketConstants.MSG_IOVLEN);
    all.put("offsetof(struct msghdr, msg_control)", SocketConstants.MSG_CONTROL);
    all.put("offsetof(struct msghdr, msg_controllen)", SocketConstants.MSG_CONTROLLEN);
    all.put("offsetof(struct msghdr, msg_flags)", SocketConstants.MSG_FLAGS);
    all.put("sizeof(struct iovec)", SocketConstants.IOVEC_BYTES);
    all.put("offsetof(struct iovec, iov_len)", SocketConstants.IOV_LEN);
    all.put("offsetof(struct cmsghdr, cmsg_level)", SocketConstants.CMSG_LEVEL);
    all.put("offsetof(struct cmsghdr, cmsg_type)", SocketConstants.CMSG_TYPE);
    all.put("CMSG_LEN(0)", SocketConstants.CMSG_DATA);
    all.put("sizeof(struct pollfd)", SocketConstants.POLLFD_BYTES);
    all.put("offsetof(struct pollfd, events)", SocketConstants.POLL_EVENTS);
    all.put("offsetof(struct pollfd, revents)", SocketConstants.POLL_REVENTS);
    all.put("offsetof(struct stat, st_dev)", SocketConstants.STAT_DEV);
    all.put("offsetof(struct stat, st_ino)", SocketConstants.STAT_INO);
    all.put("offsetof(struct stat, st_size)", SocketConstants.STAT_SIZE);
    all.put("offsetof(struct stat, st_blksize)", SocketConstants.STAT_BLKSIZE);
    all.put("AT_EMPTY_PATH", SocketConstants.AT_EMPTY_PATH);
    all.put("AT_STATX_DONT_SYNC", SocketConstants.AT_STATX_DONT_SYNC);
    all.put("sizeof(struct statx)", SocketConstants.STATX_BYTES);
    all.put("offsetof(struct statx, stx_dev_major)", SocketConstants.STATX_DEV_MAJOR);
    all.put(
        "offsetof(struct statx, stx_dev_minor)", SocketConstants.STATX_DEV_MAJOR + Integer.BYTES);
    return all;
  }

  @Test
  void numbersAndLayoutsAreThoseOfTheCompiler(@TempDir Path directory) throws Exception {
    requireCompiler();
    String expected =
        constants().entrySet().stream()
            .map(constant -> constant.getKey() + " = " + constant.getValue())
            .collect(joining("\n"));
    String shows =
        constants().keySet().stream()
            .map("printf(\"%%s = %%ld\\n\", \"%1$s\", (long) (%1$s));"::formatted)
            .collect(joining("\n"));
    assertEquals(expected, run(directory, shows));
  }

  @Test
  void aStatusHasRoomForTheCompilersStructure(@TempDir Path directory) throws Exception {
    requireCompiler();
    String size = run(directory, "printf(\"%zu\", sizeof(struct stat));");
    assertTrue(Integer.parseInt(size) <= SocketConstants.STAT_BYTES, size);
  }

  private static void requireCompiler() {
    assumeTrue(
        Files.exists(HEADER) && Files.isExecutable(COMPILER),
        "SKIPPED: no C compiler (%s) or no headers (%s)".formatted(COMPILER, HEADER));
  }

  private static String run(Path directory, String statements) throws Exception {
    String program =
        """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <poll.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/uio.h>
        #include <sys/un.h>
        int main(void) {
        """
            + statements
            + " return 0; }";
    Path source = Files.writeString(directory.resolve("constants.c"), program);
    Path binary = directory.resolve("constants");
    assertEquals("", output(COMPILER.toString(), "-o", binary.toString(), source.toString()));
    return output(binary.toString());
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }
}
