package dev.aerostat.vfio.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.memory.linux.SharedMapping;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A host that judges each page of the memory that it is given: each page of a file has the file's
 * number and its own, and what VMMs have sent is known.
 */
final class GivenMemory implements GuestMemoryHost {
  private static final long PAGE = 4096;
  private static final long END_OF_ROMS = 1 << 20;

  private final Random random;
  private final AtomicLong files = new AtomicLong();
  private final Map<Long, Collection<Sent>> sent = new ConcurrentHashMap<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private int present;
  private long times;
  private long pages;

  /** A map that a VMM has sent with a file. */
  private record Sent(long address, long bytes, long offset) {
    boolean has(long guestAddress, long at) {
      return guestAddress - address >= 0
          && guestAddress - address < bytes
          && guestAddress - address + offset == at;
    }
  }

  /** A file of a VMM, whose number is on each of its pages. */
  record File(long number, Descriptor descriptor) {}

  GivenMemory(long seed) {
    random = new Random(seed);
  }

  File file(long bytes) throws IOException {
    var file = new File(files.incrementAndGet(), MemoryFile.ofBytes(bytes));
    try (var mapping = SharedMapping.of(file.descriptor().number(), 0, bytes)) {
      for (long at = 0; at < bytes; at += PAGE) {
        mapping.segment().set(JAVA_LONG, at, file.number());
        mapping.segment().set(JAVA_LONG, at + Long.BYTES, at);
      }
    }
    return file;
  }

  void sends(File file, long address, long bytes, long offset) {
    sent.computeIfAbsent(file.number(), _ -> new ConcurrentLinkedQueue<>())
        .add(new Sent(address, bytes, offset));
  }

  /** Whoever asks for it later has been given what nobody has any more. */
  void forgets(long number) {
    sent.remove(number);
  }

  Queue<String> violations() {
    return violations;
  }

  synchronized int present() {
    return present;
  }

  synchronized String figures() {
    return "%d guests with %d pages".formatted(times, pages);
  }

  @Override
  public synchronized void shared(GuestMemory memory) throws IOException {
    if (random.nextInt(40) == 0) {
      throw new IOException("injected");
    }
    if (random.nextInt(40) == 0) {
      throw new AssertionError("injected");
    }
    present++;
    require(present == 1, () -> "%d memories at once".formatted(present));
    times++;
    for (MemoryRegion region : memory.regions()) {
      for (long at = 0; at < region.range().length(); at += PAGE) {
        judge(
            region.range().start() + at,
            region.segment().get(JAVA_LONG, at),
            region.segment().get(JAVA_LONG, at + Long.BYTES));
        pages++;
      }
    }
  }

  private void judge(long address, long file, long at) {
    Collection<Sent> its = sent.getOrDefault(file, new ConcurrentLinkedQueue<>());
    boolean given = its.stream().anyMatch(it -> it.has(address, at));
    boolean covered =
        address < END_OF_ROMS
            && its.stream()
                .anyMatch(it -> it.address + it.bytes <= address && goesOn(it, address, at))
            && its.stream().anyMatch(it -> it.address > address && goesOn(it, address, at));
    require(
        given || covered,
        () -> "page 0x%x is 0x%x of file %d, of which came %s".formatted(address, at, file, its));
  }

  private static boolean goesOn(Sent map, long address, long at) {
    return map.offset - map.address == at - address;
  }

  private void require(boolean holds, Supplier<String> what) {
    if (!holds && violations.size() < 20) {
      violations.add(what.get());
    }
  }

  @Override
  public synchronized CompletableFuture<Void> mayGoOn() {
    if (random.nextInt(40) == 0) {
      throw new IllegalStateException("injected");
    }
    return CheckingDevice.sometimesLate(random);
  }

  @Override
  public synchronized void gone() {
    present--;
    require(present == 0, () -> "%d memories after the last went".formatted(present));
    if (random.nextInt(40) == 0) {
      throw new IllegalStateException("injected");
    }
  }
}
