package dev.aerostat.vhost.user;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Linux with a real balloon driver, as a process, and its console. */
final class LinuxGuest implements AutoCloseable {
  /** User Mode Linux. */
  static final String USER_MODE = "src/it/uml-guest";

  /** On x86, in an emulated machine. */
  static final String EMULATED = "src/it/qemu-guest";

  /** The same with our own driver, in the kernel that more words name. */
  static final String HUGE_PAGES = "src/it/huge-page-guest";

  private static final int CANNOT_BE_HAD = 3;
  private static final String END = "=END=";
  private static final String GONE = "=GONE=";
  private static final long PATIENCE_SECONDS = 120;

  private final Process process;
  private final Writer input;
  private final Thread reader;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> console = new ArrayList<>();

  private LinuxGuest(Process process) {
    this.process = process;
    this.input = process.outputWriter();
    this.reader = Thread.ofPlatform().daemon().name("guest-console").start(this::read);
  }

  /** Returns why there can be no such guest on this machine; empty if there can. */
  static String whyNot() {
    return whyNot(USER_MODE);
  }

  static String whyNot(String script, String... more) {
    try {
      Command prepare = Command.run(words(List.of(script, "prepare"), more));
      return switch (prepare.exitCode()) {
        case 0 -> "";
        case CANNOT_BE_HAD -> prepare.output() + ' ';
        default -> throw new IllegalStateException(prepare.output());
      };
    } catch (IOException failure) {
      return failure.toString();
    }
  }

  /** Boots; the driver is not loaded yet. */
  static LinuxGuest boot(Path socket, int mebibytes) throws IOException {
    return boot(USER_MODE, socket, mebibytes);
  }

  static LinuxGuest boot(String script, Path socket, int mebibytes, String... more)
      throws IOException {
    List<String> run = List.of("setsid", script, "run", socket.toString(), mebibytes + "M");
    var guest =
        new LinuxGuest(new ProcessBuilder(words(run, more)).redirectErrorStream(true).start());
    guest.awaitLine("READY");
    return guest;
  }

  private static String[] words(List<String> first, String... more) {
    return Stream.concat(first.stream(), Stream.of(more)).toArray(String[]::new);
  }

  private void read() {
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException ended) {
      lines.add(ended.toString());
    }
    lines.add(GONE);
  }

  private List<String> awaitLine(String start) {
    var before = new ArrayList<String>();
    try {
      while (true) {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null || line.equals(GONE)) {
          throw new IllegalStateException(
              "the guest %s; its console:%n%s"
                  .formatted(line == null ? "hangs" : "is gone", String.join("\n", console)));
        }
        console.add(line);
        if (line.startsWith(start)) {
          return before;
        }
        before.add(line);
      }
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  /** Starts a line of shell in the guest. */
  void begin(String command) {
    try {
      input.write(command + '\n');
      input.flush();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Waits for what was begun to end and returns its output. */
  List<String> end() {
    return awaitLine(END);
  }

  List<String> run(String command) {
    begin(command);
    return end();
  }

  GuestCounters counters() {
    return GuestCounters.of(run("grep ^balloon_ /proc/vmstat"));
  }

  /** Returns the guest's free pages, which its kernel counts with some delay. */
  long freePages() {
    return pages("MemFree");
  }

  /**
   * Returns the pages that are the guest's. The driver takes a page off when it goes into the
   * balloon and adds it when it releases it, to the page and at once; but not where it may take
   * pages back when memory is short ({@code virtio_balloon.c}, {@code adjust_managed_page_count}).
   */
  long managedPages() {
    return pages("MemTotal");
  }

  private long pages(String name) {
    return number(run("grep ^" + name + ": /proc/meminfo")) / 4;
  }

  private static long number(List<String> answer) {
    return Long.parseLong(answer.getLast().replaceAll("\\D", ""));
  }

  /** Has the guest power itself off, which deflates everything. */
  void powerOff() throws InterruptedException {
    begin("off");
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the guest does not power off");
    }
    kill();
  }

  @Override
  public void close() {
    kill();
  }

  /** Ends it hard, with the processes that it left behind: its process group. */
  void kill() {
    try {
      Command _ = Command.run("kill", "-KILL", "--", "-" + process.pid());
      int _ = process.waitFor();
      reader.join();
      process.getErrorStream().close();
      closeInput();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeInput() {
    try {
      input.close();
    } catch (IOException unread) {
      // What was last written has nobody to read it.
    }
  }
}
