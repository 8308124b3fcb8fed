package dev.aerostat.vhost.user;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program that serves a FUSE file system on its standard input: a directory in which every name
 * is the same large file. Once a file is open it answers nothing any more (the protocol is that of
 * linux/fuse.h, version 7).
 */
final class SilentFileServer {
  private static final int LOOKUP = 1;
  private static final int GETATTR = 3;
  private static final int OPEN = 14;
  private static final int INIT = 26;
  private static final int ACCESS = 34;

  private static final int HEADER_BYTES = 16;
  private static final long ROOT = 1;
  private static final long FILE = 2;
  private static final int DIRECTORY_MODE = 0x41ff;
  private static final int FILE_MODE = 0x81b6;
  private static final int LONGEST_LIFE_SECONDS = 120;

  private SilentFileServer() {}

  public static void main(String[] arguments) throws IOException {
    var _ =
        new CompletableFuture<Void>()
            .orTimeout(LONGEST_LIFE_SECONDS, TimeUnit.SECONDS)
            .exceptionally(
                _ -> {
                  Runtime.getRuntime().halt(0);
                  return null;
                });
    var in = new FileInputStream(FileDescriptor.in);
    var out = new FileOutputStream(FileDescriptor.in);
    var request = new byte[1 << 18];
    boolean silent = false;
    while (true) {
      int bytes = in.read(request);
      ByteBuffer message = ByteBuffer.wrap(request, 0, bytes).order(ByteOrder.nativeOrder());
      int operation = message.getInt(Integer.BYTES);
      if (!silent) {
        ByteBuffer answer = answer(operation, message.getLong(HEADER_BYTES));
        answer.putInt(0, answer.position()).putLong(Long.BYTES, message.getLong(Long.BYTES));
        int _ = out.getChannel().write(answer.flip());
        silent = operation == OPEN;
      }
    }
  }

  private static ByteBuffer answer(int operation, long node) {
    ByteBuffer answer = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());
    answer.position(HEADER_BYTES);
    switch (operation) {
      case INIT -> {
        answer.putInt(7).putInt(31).putInt(0).putInt(0).putInt(0).putInt(1 << 12);
        answer.position(HEADER_BYTES + 64);
      }
      case LOOKUP -> {
        answer.putLong(FILE).putLong(0).putLong(0).putLong(0).putInt(0).putInt(0);
        attributes(answer, FILE);
      }
      case GETATTR -> attributes(answer.putLong(0).putLong(0), node);
      case OPEN -> answer.putLong(1).putLong(0);
      case ACCESS -> {
        // Granted.
      }
      default -> answer.putInt(Integer.BYTES, -38);
    }
    return answer;
  }

  /** A {@code fuse_attr}; that it holds for no time makes the kernel ask whenever it is wanted. */
  private static void attributes(ByteBuffer answer, long node) {
    answer.putLong(node).putLong(1 << 30).putLong(0).putLong(0).putLong(0).putLong(0);
    answer.putInt(0).putInt(0).putInt(0);
    answer.putInt(node == ROOT ? DIRECTORY_MODE : FILE_MODE);
    answer.putInt(1).putInt(0).putInt(0).putInt(0).putInt(4096).putInt(0);
  }
}
