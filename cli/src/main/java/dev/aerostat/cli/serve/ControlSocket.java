package dev.aerostat.cli.serve;

import dev.aerostat.memory.linux.socket.AbandonedSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes orders from a Unix socket that only its owner may use: a line each, answered by a line of
 * JSON. Any number of orders a connection, and some connections at once.
 */
final class ControlSocket implements AutoCloseable {
  /** Far longer than any order. */
  private static final int LONGEST_LINE = 1024;

  /** In a {@code sockaddr_un} (unix(7)), where none of them may be 0. */
  private static final int LONGEST_PATH = 107;

  /** As many as four digits of base 36 have. */
  private static final int NAMES = 36 * 36 * 36 * 36;

  private static final FileAttribute<Set<PosixFilePermission>> OWNERS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final int MOST_CLIENTS = 64;
  private static final long PAUSE_NANOS = 100_000_000;

  private final Path path;
  private final ServerSocketChannel server;
  private final Orders orders;
  private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;

  private ControlSocket(Path path, ServerSocketChannel server, Orders orders) {
    this.path = path;
    this.server = server;
    this.orders = orders;
    acceptor = Thread.ofPlatform().daemon().name("aerostat-control").unstarted(this::accept);
  }

  /**
   * Listens from now on.
   *
   * @throws IOException if it cannot: the message names the path and the reason
   */
  static ControlSocket listen(Path path, Orders orders) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      bind(server, path);
      var socket = new ControlSocket(path, server, orders);
      socket.acceptor.start();
      return socket;
    } catch (IOException | RuntimeException failure) {
      server.close();
      throw new IOException(
          "cannot take orders on %s: %s".formatted(path, reason(failure, path)), failure);
    }
  }

  /**
   * A socket listens from the moment it has a name, and anybody may use it whom the umask lets. So
   * it gets its name in a directory that only its owner can enter, and the wanted one by a link
   * once it is the owner's alone.
   */
  private static void bind(ServerSocketChannel server, Path path) throws IOException {
    int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > LONGEST_PATH) {
      throw new IOException(
          "the path is too long, a Unix socket's has at most %d bytes and this has %d"
              .formatted(LONGEST_PATH, bytes));
    }
    Path hidden = hiddenBeside(path);
    Path made = hidden.resolve("s");
    try {
      var _ = server.bind(UnixDomainSocketAddress.of(made));
      var _ = Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
      link(path, made);
    } finally {
      boolean _ = Files.deleteIfExists(made);
      Files.delete(hidden);
    }
  }

  private static void link(Path path, Path made) throws IOException {
    try {
      var _ = Files.createLink(path, made);
    } catch (FileAlreadyExistsException inUse) {
      if (!AbandonedSocket.remove(path)) {
        throw inUse;
      }
      var _ = Files.createLink(path, made);
    }
  }

  /** The shorter its name, the longer that of the directory may be. */
  private static Path hiddenBeside(Path path) throws IOException {
    while (true) {
      int any = ThreadLocalRandom.current().nextInt(NAMES);
      Path hidden = path.resolveSibling("." + Integer.toString(any, Character.MAX_RADIX));
      try {
        return Files.createDirectory(hidden, OWNERS);
      } catch (FileAlreadyExistsException another) {
        // Somebody else's.
      }
    }
  }

  private static String reason(Exception failure, Path path) {
    Path directory = path.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      return "there is no directory " + directory;
    }
    return failure instanceof FileAlreadyExistsException
        ? "another server, or a file, is there: name another path"
        : String.valueOf(failure.getMessage());
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel client = server.accept();
        if (clients.size() < MOST_CLIENTS && clients.add(client)) {
          var _ = Thread.ofVirtual().name("aerostat-control").start(() -> converse(client));
        } else {
          client.close();
        }
      } catch (ClosedChannelException ended) {
        return;
      } catch (IOException noDescriptorToSpare) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** A client that goes away, or writes nonsense, concerns nobody else. */
  private void converse(SocketChannel client) {
    try (client) {
      InputStream in = Channels.newInputStream(client);
      OutputStream out = Channels.newOutputStream(client);
      Optional<String> line = readLine(in);
      while (line.isPresent()) {
        Orders.Answer answer = orders.obey(line.get());
        out.write(orders.json(answer).getBytes(StandardCharsets.UTF_8));
        if (answer.quits()) {
          orders.quit();
          return;
        }
        line = readLine(in);
      }
    } catch (IOException gone) {
      // Then nobody waits for an answer.
    } finally {
      clients.remove(client);
    }
  }

  /** Returns the next line; the first bytes of one that is too long, which is no order. */
  private static Optional<String> readLine(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0 && next != '\n') {
      if (line.size() < LONGEST_LINE) {
        line.write(next);
      }
      next = in.read();
    }
    return next < 0 && line.size() == 0
        ? Optional.empty()
        : Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  /** Takes the socket away, and ends all connections. */
  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel client : clients) {
      client.close();
    }
    joinAcceptor();
    boolean _ = AbandonedSocket.remove(path);
  }

  /** It holds the socket until it has noticed that it is closed. */
  private void joinAcceptor() {
    try {
      acceptor.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
