package dev.aerostat.vfio.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aerostat.api.GuestRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock QEMU and a stock Linux have a device of this process, and judge its DMA. */
final class QemuIT {
  private static final long MIB = 1 << 20;

  @TempDir private Path directory = Path.of("");

  private final RecordedHost host = new RecordedHost();
  private final VfioUserGuest guest = new VfioUserGuest(host);
  private final EduDevice edu = new EduDevice(host::present);

  @SuppressWarnings("NullAway.Init") // Before every test.
  private RunningServer server;

  @BeforeAll
  static void canBeHad() throws Exception {
    String whyNot = QemuGuest.whyNot();
    assumeTrue(whyNot.isEmpty(), whyNot);
  }

  @BeforeEach
  void listen() throws Exception {
    server = new RunningServer(directory.resolve("edu"), guest, edu);
  }

  @AfterEach
  void close() {
    server.close();
    assertEquals(Optional.empty(), host.present(), "memory that nobody has any more");
  }

  private QemuGuest withEdu() throws Exception {
    return QemuGuest.start(directory, true, QemuGuest.device(server.socket(), "edu", ""));
  }

  @Test
  void dmaIsLostBeforeTheGateAndArrivesAfterItAndAReboot() throws Exception {
    try (QemuGuest qemu = withEdu()) {
      qemu.awaitUp();
      assertEquals(512 * MIB, host.present().orElseThrow().bytes());
      var its = new EduInGuest(qemu);
      assertEquals(EduDevice.IDENTIFICATION, its.register(0));
      its.register(4, 0x1234_5678);
      assertEquals(~0x1234_5678L & 0xffff_ffffL, its.register(4));
      its.busMaster();
      assertEquals(0x106, its.command(), "the guest sees what it wrote");
      assertEquals(0, its.copied(0x11_2233), "before the gate");
      edu.open();
      assertEquals(0x1122_3344L, its.copied(0x1122_3344L));

      qemu.begin("reboot -f");
      qemu.awaitUp();
      its = new EduInGuest(qemu);
      assertEquals(0, its.copied(5), "the reset took the guest's permission away");
      its.busMaster();
      assertEquals(0x5566_7788L, its.copied(0x5566_7788L));
      assertEquals(1, host.times(), "low memory came and went, and is the same");
    }
    assertEquals("the VMM went", server.end());
  }

  @Test
  void aDeviceIsPluggedLateAndUnplugged() throws Exception {
    try (var first = new RunningServer(directory.resolve("null"), guest, new NullDevice())) {
      try (QemuGuest qemu =
          QemuGuest.start(
              directory,
              true,
              "-device",
              "pcie-root-port,id=rp,chassis=1,slot=1",
              "-device",
              QemuGuest.description(first.socket(), "null", ""))) {
        qemu.awaitUp();
        assertEquals(512 * MIB, host.present().orElseThrow().bytes());
        edu.open();
        for (int round = 0; round < 2; round++) {
          plug(qemu);
          var its = new EduInGuest(qemu);
          its.busMaster();
          assertEquals(0x77L + round, its.copied(0x77 + round));
          unplug(qemu);
          assertEquals("the VMM went", server.end());
        }
        assertEquals(1, host.times());
      }
      assertEquals("the VMM went", first.end());
      assertEquals(Optional.empty(), host.present());
    }
  }

  @Test
  void memoryAbove4GibIsTheDevicesOnAnOlderChipset() throws Exception {
    String[] options =
        Stream.concat(
                Stream.of("-machine", "pc"),
                Stream.of(QemuGuest.device(server.socket(), "edu", "")))
            .toArray(String[]::new);
    try (QemuGuest qemu = QemuGuest.startOf("4608M", directory, true, options)) {
      qemu.awaitUp();
      List<GuestRange> ranges =
          host.present().orElseThrow().regions().stream().map(it -> it.range()).toList();
      assertEquals(
          List.of(GuestRange.ofLength(0, 3072 * MIB), GuestRange.ofLength(4096 * MIB, 1536 * MIB)),
          ranges);
      edu.open();
      var high = new EduInGuest(qemu, QemuGuest.HIGH_SCRATCH);
      high.busMaster();
      assertEquals(0x4455_6677L, high.copied(0x4455_6677L));
      assertTrue(edu.dma().contains("done at 0x%x".formatted(QemuGuest.HIGH_SCRATCH)));
      assertEquals(0x4455_6678L, new EduInGuest(qemu).copied(0x4455_6678L));
      assertEquals(1, host.times());
    }
  }

  /** It lets every device do DMA, whatever it is, and Linux leaves it so. */
  @Test
  void dmaThatFirmwareAllowsWaitsForTheGate() throws Exception {
    Optional<String> firmware = QemuGuest.uefi();
    assumeTrue(firmware.isPresent(), "no UEFI firmware");
    String[] options =
        Stream.concat(
                Stream.of("-bios", firmware.orElseThrow()),
                Stream.of(QemuGuest.device(server.socket(), "edu", "")))
            .toArray(String[]::new);
    try (QemuGuest qemu = QemuGuest.start(directory, true, options)) {
      qemu.awaitUp();
      var its = new EduInGuest(qemu);
      assertEquals(7, its.command() & 7, "firmware has set bus master");
      assertEquals(0, its.copied(0x11), "before the gate");
      edu.open();
      assertEquals(0x22, its.copied(0x22));
      assertEquals(512 * MIB, host.present().orElseThrow().bytes());
      assertEquals(1, host.times());
    }
  }

  private void plug(QemuGuest qemu) throws Exception {
    String added =
        qemu.monitor(
            "{\"execute\":\"device_add\",\"arguments\":%s}"
                .formatted(QemuGuest.description(server.socket(), "edu", ",\"bus\":\"rp\"")));
    assertTrue(added.contains("\"return\""), added);
    List<String> _ =
        qemu.run("until grep -q 0x11e8 /sys/bus/pci/devices/*/device; do sleep 0.2; done");
  }

  private static void unplug(QemuGuest qemu) throws Exception {
    String removed = qemu.monitor("{\"execute\":\"device_del\",\"arguments\":{\"id\":\"edu\"}}");
    assertTrue(removed.contains("\"return\""), removed);
  }

  @Test
  void aVmmThatKeepsItsMemoryToItselfDoesNotStart() throws Exception {
    try (QemuGuest qemu =
        QemuGuest.start(directory, false, QemuGuest.device(server.socket(), "edu", ""))) {
      List<String> said = qemu.awaitEnd();
      assertTrue(said.toString().contains("VFIO_USER_DEVICE_GET_INFO failed"), said::toString);
    }
    assertEquals(0, host.times());
  }

  @Test
  void aVmmWhoseMemoryCannotBeMappedDoesNotStart() throws Exception {
    host.refuses("no more locked memory");
    try (QemuGuest qemu = withEdu()) {
      List<String> said = qemu.awaitEnd();
      assertTrue(said.toString().contains("VFIO_USER_DEVICE_GET_INFO failed"), said::toString);
    }
  }

  @Test
  void aHeldWriteIsAnsweredInTimeAndAKilledVmmIsGone() throws Exception {
    edu.holdsTheGuest();
    try (QemuGuest qemu = withEdu()) {
      qemu.awaitUp();
      var its = new EduInGuest(qemu);
      qemu.begin("printf '\\x06\\x01' | dd of=$D/config bs=1 seek=4 conv=notrunc 2>/dev/null");
      Thread.sleep(1000);
      edu.open();
      List<String> _ = qemu.awaitLine("=END=");
      assertEquals(0x99L, its.copied(0x99));
      qemu.kill();
      assertEquals("the VMM went", server.end());
      assertEquals(Optional.empty(), host.present());
    }
  }

  @Test
  void aGuestRunsOnWithoutItsServer() throws Exception {
    try (QemuGuest qemu = withEdu()) {
      qemu.awaitUp();
      var its = new EduInGuest(qemu);
      assertEquals(EduDevice.IDENTIFICATION, its.register(0));
      server.close();
      assertEquals(0xffff_ffffL, its.register(0));
      assertEquals(
          List.of("alive"), qemu.run("echo alive").stream().filter("alive"::equals).toList());
    }
  }
}
