package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.MIB;
import static dev.aerostat.vhost.user.Machine.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EngineCounters;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our driver follows its target, in one guest for all tests. */
@Tag("emulated")
final class HugePageDriverIT {
  private static final int GUEST_MIB = 768;
  private static final int RELOADS = Integer.getInteger("aerostat.reloads", 3);

  @SuppressWarnings("NullAway.Init") // Before every test.
  private static Machine machine;

  @RegisterExtension
  static final KernelLogOnFailure LOG = new KernelLogOnFailure(() -> machine.guest());

  @BeforeAll
  static void boots() throws Exception {
    HugePageDriver.prepare(HugePageDriver.LINUX_6_12);
    ServedSetup setup = ServedSetup.target(0).residentMib(128);
    machine = HugePageDriver.start(setup, GUEST_MIB, HugePageDriver.LINUX_6_12);
  }

  @AfterAll
  static void ends() throws Exception {
    if (machine != null) {
      machine.close();
    }
  }

  /** What each test leaves: a balloon that goes down to nothing, and a quiet kernel. */
  @AfterEach
  void leavesAnEmptyBalloonAndNoKernelWarning() throws Exception {
    List<String> _ = machine.guest().run("rm -f /tmp/much; umount /tmp/half 2>/dev/null");
    settle(0);
    HugePageDriver.assertNoKernelWarning(machine.guest());
  }

  private static void settle(long mib) throws InterruptedException {
    machine.target(mib);
    machine.settle(mib);
    machine.agree(mib);
  }

  private static long actualMib() {
    return Backend.actual(machine.balloon()) * PAGE / MIB;
  }

  @Test
  void balloonsUpTo512MibAMessageAndAllCountersAgree() throws Exception {
    EngineCounters before = machine.balloon().dma().counters();
    for (long mib : new long[] {2, 512, 64, 576, 4, 0}) {
      settle(mib);
    }
    EngineCounters now = machine.balloon().dma().counters();
    assertTrue(now.inflateMessages() - before.inflateMessages() < 12, now::toString);
    assertTrue(now.deflateMessages() - before.deflateMessages() < 12, now::toString);
  }

  @Test
  void roundsATargetUpToItsPages() throws Exception {
    for (long mib : new long[] {5, 7, 1}) {
      machine.target(mib);
      Backend.await("a page more", () -> actualMib() == mib + 1);
    }
  }

  @Test
  void followsATargetThatChangesAtAnyTime() throws Exception {
    for (int turn = 0; turn < 20; turn++) {
      machine.target(560);
      Backend.await("some pages", () -> actualMib() > 8);
      machine.target(4);
      Backend.await("fewer pages", () -> actualMib() < 500);
    }
    settle(4);
  }

  @Test
  void isRemovedAndLoadedAgainWithItsBalloonFull() throws Exception {
    settle(512);
    int resets = machine.balloon().resets();
    for (int cycle = 1; cycle <= RELOADS; cycle++) {
      List<String> _ = machine.guest().run("unload");
      List<String> _ = machine.guest().run("load");
      machine.settle(512);
      assertEquals(resets + cycle, machine.balloon().resets());
    }
    machine.agree(512);
  }

  @Test
  void aGuestShortOfMemoryTakesPagesBack() throws Exception {
    settle(560);
    GuestCounters before = machine.guest().counters();
    List<String> said =
        machine.guest().run("dd if=/dev/zero of=/tmp/much bs=1M count=400 && echo WRITTEN");
    assertTrue(said.contains("WRITTEN"), said::toString);
    long pages = machine.guest().counters().deflate() - before.deflate();
    assertTrue(pages >= 128 * MIB / PAGE, () -> pages + " pages taken back");
    assertEquals(List.of("0"), machine.guest().run("dmesg | grep -c 'Out of memory: Killed'"));
  }

  /** The pages of a file in tmpfs can be moved together, those of one in ramfs cannot. */
  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ramfs"})
  void ofFragmentedMemoryItTakesWhatThereIsAndTheRestOnceMemoryIsWhole(String fileSystem)
      throws Exception {
    fragment(fileSystem);
    long failed = failedCompactions();
    machine.target(512);
    Backend.await("compaction in vain", () -> failedCompactions() > failed + 5);
    long whole = wholeMib();
    assertTrue(whole <= 16, () -> whole + " MiB are whole, and not taken");
    settle(actualMib());
    List<String> _ = machine.guest().run("umount /tmp/half");
    settle(512);
  }

  /**
   * Two files are written by turns, page by page, into all memory but 64 MiB, and one is removed:
   * most of what is free then is free in single pages.
   */
  private static void fragment(String fileSystem) throws InterruptedException {
    settle(0);
    List<String> said =
        machine
            .guest()
            .run(
                "mkdir -p /tmp/half && mount -t "
                    + fileSystem
                    + " -o size=100% half /tmp/half &&"
                    + " pages=$(awk '/^MemFree/ {print int($2 / 8) - 8192}' /proc/meminfo) &&"
                    + " dd if=/dev/zero bs=4k count=$pages 2>/dev/null |"
                    + " tee /tmp/half/kept >/tmp/half/removed && rm /tmp/half/removed &&"
                    + " echo FRAGMENTED");
    assertTrue(said.contains("FRAGMENTED"), said::toString);
    long free = machine.guest().freePages() * PAGE / MIB;
    long whole = wholeMib();
    assertTrue(free - whole > 200, () -> free + " MiB free, " + whole + " MiB of them whole");
  }

  /** Returns what is free in blocks of 2 MiB and more. */
  private static long wholeMib() {
    return number("awk '{n += 2 * $14 + 4 * $15} END {print n}' /proc/buddyinfo");
  }

  private static long failedCompactions() {
    return number("awk '$1 == \"compact_fail\" {print $2}' /proc/vmstat");
  }

  private static long number(String command) {
    return Long.parseLong(machine.guest().run(command).getLast());
  }
}
