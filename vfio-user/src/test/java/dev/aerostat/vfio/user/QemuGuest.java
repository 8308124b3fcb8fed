package dev.aerostat.vfio.user;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A stock QEMU with a stock Linux whose devices are served, its console and its monitor. */
final class QemuGuest implements AutoCloseable {
  /** The kernel leaves it alone, so that a program may write there by /dev/mem. */
  static final long SCRATCH = 0x1000_0000;

  /** Of a guest with so much memory, above 4 GiB. */
  static final long HIGH_SCRATCH = 0x1_0800_0000L;

  private static final String SCRIPT = "../vhost-user/src/it/qemu-guest";
  private static final int CANNOT_BE_HAD = 3;
  private static final String END = "=END=";
  private static final String GONE = "=GONE=";
  private static final long PATIENCE_SECONDS = 180;

  private final Path monitor;
  private final Process process;
  private final Writer input;
  private final Thread reader;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> console = new ArrayList<>();

  private QemuGuest(Path monitor, Process process) {
    this.monitor = monitor;
    this.process = process;
    this.input = process.outputWriter();
    this.reader = Thread.ofPlatform().daemon().name("guest-console").start(this::read);
  }

  /** Returns the file of UEFI firmware; nothing if there is none for this machine. */
  static Optional<String> uefi() throws IOException, InterruptedException {
    Process unpack = new ProcessBuilder(SCRIPT, "uefi").start();
    String file = new String(unpack.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return unpack.waitFor() == 0 ? Optional.of(file.strip()) : Optional.empty();
  }

  /** Returns why there can be no such guest on this machine; empty if there can. */
  static String whyNot() throws IOException, InterruptedException {
    Process prepare = new ProcessBuilder(SCRIPT, "prepare").redirectErrorStream(true).start();
    String said = new String(prepare.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return switch (prepare.waitFor()) {
      case 0 -> "";
      case CANNOT_BE_HAD -> said + ' ';
      default -> throw new IllegalStateException(said);
    };
  }

  /** Starts QEMU; its guest may be up or not. */
  static QemuGuest start(Path directory, boolean shares, String... options) throws IOException {
    return startOf("512M", directory, shares, options);
  }

  /** Starts one with so much memory. */
  static QemuGuest startOf(String memory, Path directory, boolean shares, String... options)
      throws IOException {
    Path monitor = directory.resolve("qmp");
    String reserved = "memmap=16M$0x%x memmap=16M$0x%x".formatted(SCRATCH, HIGH_SCRATCH);
    var words = new ArrayList<>(List.of("setsid", SCRIPT, "devices", memory, reserved));
    words.addAll(List.of("-qmp", "unix:%s,server=on,wait=off".formatted(monitor)));
    words.addAll(List.of(options));
    var builder = new ProcessBuilder(words).redirectErrorStream(true);
    var _ = builder.environment().put("SHARE", shares ? "on" : "off");
    return new QemuGuest(monitor, builder.start());
  }

  /** Returns the option that gives a guest a served device. */
  static String[] device(Path socket, String id, String more) {
    return new String[] {"-device", description(socket, id, more)};
  }

  static String description(Path socket, String id, String more) {
    return "{\"driver\":\"vfio-user-pci\",\"id\":\"%s\",\"socket\":{\"type\":\"unix\",\"path\":\"%s\"}%s}"
        .formatted(id, socket, more);
  }

  private void read() {
    try (BufferedReader read = process.inputReader()) {
      for (String line = read.readLine(); line != null; line = read.readLine()) {
        lines.add(line);
      }
    } catch (IOException ended) {
      lines.add(ended.toString());
    }
    lines.add(GONE);
  }

  List<String> awaitLine(String start) {
    var before = new ArrayList<String>();
    try {
      while (true) {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null || (line.equals(GONE) && !start.equals(GONE))) {
          throw new IllegalStateException(
              "the guest %s; its console:%n%s"
                  .formatted(line == null ? "hangs" : "is gone", String.join("\n", console)));
        }
        console.add(line);
        if (line.contains(start)) {
          return before;
        }
        before.add(line);
      }
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  void awaitUp() {
    List<String> _ = awaitLine("READY");
  }

  /** Waits until QEMU has ended, and returns what it said. */
  List<String> awaitEnd() {
    return awaitLine(GONE);
  }

  void begin(String command) {
    try {
      input.write(command + '\n');
      input.flush();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  List<String> run(String command) {
    begin(command);
    return awaitLine(END);
  }

  /** Returns the number that a command prints last, in hexadecimal. */
  long number(String command) {
    List<String> said = run(command);
    return Long.decode(said.getLast().strip().toLowerCase(Locale.ROOT));
  }

  /** Has QEMU do something; returns what it answers. */
  String monitor(String command) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      boolean _ = channel.connect(UnixDomainSocketAddress.of(monitor));
      String _ = line(channel);
      write(channel, "{\"execute\":\"qmp_capabilities\"}\n");
      String _ = line(channel);
      write(channel, command + '\n');
      String answer;
      do {
        answer = line(channel);
      } while (answer.contains("\"event\""));
      return answer;
    }
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      int _ = channel.write(bytes);
    }
  }

  private static String line(SocketChannel channel) throws IOException {
    var line = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (channel.read(one.clear()) == 1 && one.get(0) != '\n') {
      line.append((char) one.get(0));
    }
    return line.toString();
  }

  @Override
  public void close() {
    kill();
  }

  /** Ends it hard, with the processes that it left behind: its process group. */
  void kill() {
    try {
      int _ = new ProcessBuilder("kill", "-KILL", "--", "-" + process.pid()).start().waitFor();
      int _ = process.waitFor();
      reader.join();
      input.close();
    } catch (IOException unread) {
      // What was last written has nobody to read it.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
