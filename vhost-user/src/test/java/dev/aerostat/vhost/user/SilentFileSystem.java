package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A mounted file system whose server falls silent once a file is open. Linux, with FUSE. */
final class SilentFileSystem implements AutoCloseable {
  private static final String MOUNT_AND_SERVE =
      """
      exec <>/dev/fuse
      mount -i -t fuse -o fd=0,rootmode=40000,user_id=$(id -u),group_id=$(id -g) silent "$0" || exit
      echo mounted
      exec "$@"
      """;

  private final Path point;
  private final boolean hidden;
  private final Process server;
  private final Descriptor file;

  /**
   * Mounts one.
   *
   * @param hidden whether only its server sees the mount
   */
  SilentFileSystem(Path point, boolean hidden) throws IOException {
    this.point = point;
    this.hidden = hidden;
    boolean root = Files.getOwner(Path.of("/proc/self")).getName().equals("root");
    assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "SKIPPED: /dev/fuse cannot be opened");
    assumeTrue(hidden || root, "SKIPPED: only root may mount for all to see");
    var command = new ArrayList<String>();
    if (hidden) {
      command.addAll(List.of("unshare", root ? "-m" : "-Urm", "--propagation", "private"));
    }
    command.addAll(List.of("sh", "-c", MOUNT_AND_SERVE, point.toString()));
    command.addAll(List.of(Path.of(System.getProperty("java.home", ""), "bin", "java").toString()));
    command.addAll(List.of("-Xshare:auto", "-cp", classPath(), SilentFileServer.class.getName()));
    server = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = server.inputReader().readLine();
    assumeTrue("mounted".equals(said), "SKIPPED: no FUSE file system can be mounted: " + said);
    Path seen = hidden ? Path.of("/proc/" + server.pid() + "/root" + point) : point;
    SystemCalls calls = SystemCalls.libc();
    int number = calls.open(seen.resolve("memory").toString(), LinuxConstants.O_RDWR);
    file = new Descriptor(calls, CallResult.require("open a file of a silent server", number));
  }

  private static String classPath() {
    return Path.of("target", "test-classes").toAbsolutePath()
        + File.pathSeparator
        + System.getProperty("java.class.path");
  }

  /** Returns an open file: whoever asks anything of it waits until this is closed. */
  Descriptor file() {
    return file;
  }

  /** Ends the server, and by that all waiting for it. */
  @Override
  public void close() throws IOException {
    try {
      if (!server.destroyForcibly().waitFor(60, TimeUnit.SECONDS)) {
        throw new IOException("the silent server does not end: " + server.info());
      }
      file.close();
      if (!hidden) {
        int _ = new ProcessBuilder("umount", "-l", point.toString()).start().waitFor();
      }
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }
}
