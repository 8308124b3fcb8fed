package dev.aerostat.vfio.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VMMs that send anything, on threads of their own, to two devices of one guest. */
final class SessionFuzzTest {
  /** How long to send; the usual value suits every build. */
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 5));

  private static final int VMMS = 3;
  private static final Duration PATIENCE = Duration.ofMillis(300);
  private static final Duration TO_END = Duration.ofSeconds(30);

  /** How many connections may wait to be served, and more. */
  private static final int REMEMBERED = 2000;

  @TempDir private Path directory = Path.of("");

  private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
  private final AtomicLong messages = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();

  @Test
  void nothingThatVmmsSendEndsTheServersOrStays() throws Exception {
    System.out.println("seed " + seed);
    String _ = fuzz(Duration.ofMillis(200)); // What the JVM opens once is open from now on.
    OpenDescriptors open = OpenDescriptors.now();
    String figures = fuzz(TIME);
    assertEquals(List.of(), open.grown(), () -> "seed " + seed);
    assertEquals(List.of(), threads(), () -> "seed " + seed);
    System.out.printf(
        "seed %d: %d messages of %d VMMs, %s%n", seed, messages.get(), connections.get(), figures);
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(it -> it.equals("late close") || it.equals("vfio-user"))
        .toList();
  }

  private String fuzz(Duration time) throws Exception {
    var given = new GivenMemory(seed);
    var guest = new VfioUserGuest(given);
    try (var first = new CheckingDevice(seed);
        var second = new CheckingDevice(seed + 1)) {
      try (var one = new RunningServer(directory.resolve("1"), guest, first, PATIENCE);
          var two = new RunningServer(directory.resolve("2"), guest, second, PATIENCE)) {
        List<Path> sockets = List.of(one.socket(), two.socket());
        long end = System.nanoTime() + time.toNanos();
        var vmms = new ArrayList<Thread>();
        for (int i = 0; i < VMMS; i++) {
          var random = new Random(seed + i);
          vmms.add(
              Thread.ofPlatform().daemon().start(() -> comeAndGo(sockets, given, random, end)));
        }
        for (Thread vmm : vmms) {
          if (!vmm.join(time.plus(TO_END))) {
            unexpected.add("a VMM waits: " + List.of(vmm.getStackTrace()));
          }
        }
        assertEquals(List.of(), List.copyOf(unexpected), () -> "seed " + seed);
        requireEnds(one.ends());
        requireEnds(two.ends());
        for (Path socket : sockets) {
          aVmmThatMeansWellIsServed(socket);
        }
      }
      assertEquals(0, given.present());
      assertEquals(List.of(), List.copyOf(given.violations()), () -> "seed " + seed);
      assertEquals(List.of(), List.copyOf(first.violations()), () -> "seed " + seed);
      assertEquals(List.of(), List.copyOf(second.violations()), () -> "seed " + seed);
    }
    return given.figures();
  }

  private void comeAndGo(List<Path> sockets, GivenMemory given, Random random, long end) {
    var remembered = new ArrayDeque<Long>();
    while (System.nanoTime() - end < 0) {
      connections.incrementAndGet();
      try (var vmm = new FuzzedVmm(sockets.get(random.nextInt(2)), given, random)) {
        long sent = vmm.run();
        messages.addAndGet(sent);
        remembered.addAll(vmm.files());
      } catch (IOException refused) {
        // Such as more descriptors than the kernel has on their way at once.
      } catch (RuntimeException failure) {
        unexpected.add(failure.toString());
      }
      while (remembered.size() > REMEMBERED) {
        given.forgets(remembered.remove());
      }
    }
  }

  /** What fails is what was told to fail, or finds memory that its VMM has taken away. */
  private void requireEnds(List<String> ends) {
    List<String> others =
        ends.stream()
            .filter(it -> !it.startsWith("the VMM") && !it.contains("injected"))
            .filter(it -> !it.contains("InternalError"))
            .distinct()
            .toList();
    assertEquals(List.of(), others, () -> "seed " + seed);
  }

  private void aVmmThatMeansWellIsServed(Path socket) throws Exception {
    long end = System.nanoTime() + TO_END.toNanos();
    while (!isServed(socket)) {
      assertFalse(System.nanoTime() - end > 0, () -> "nobody is served any more; seed " + seed);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** A call that was told to fail is not the server's fault. */
  private static boolean isServed(Path socket) throws IOException {
    try (VmmClient client = VmmClient.agreed(socket)) {
      client.map(0, 4096, 1, 0).ok();
      client.unmap(0, 4096).ok();
      return client.info().errno() == 0 && client.number(0, 0, 4) == EduDevice.IDENTIFICATION;
    } catch (IOException failed) {
      return false;
    }
  }
}
