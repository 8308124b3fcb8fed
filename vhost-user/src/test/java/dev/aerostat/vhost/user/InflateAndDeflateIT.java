package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.MIB;
import static dev.aerostat.vhost.user.Machine.PAGE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The stock driver of a stock Linux follows its target, and all who count agree on every page. */
final class InflateAndDeflateIT extends RealDriver {
  @Test
  void inflatesToATargetAndDeflatesInSteps() throws Exception {
    try (var machine = Machine.start(ServedSetup.target(64))) {
      for (long mib : new long[] {64, 96, 40, 16, 100, 0}) {
        machine.target(mib);
        machine.settle(mib);
        machine.agree(mib);
      }
      machine.guest().powerOff();
    }
  }

  @Test
  void followsATargetThatChangesWhileItInflates() throws Exception {
    try (var machine = Machine.start(ServedSetup.target(0))) {
      machine.settle(0);
      for (int turn = 0; turn < 10; turn++) {
        machine.target(150);
        Backend.await("some pages", () -> ballooned(machine) > 8 * MIB);
        machine.target(4);
        Backend.await("fewer pages", () -> ballooned(machine) < 50 * MIB);
      }
      machine.settle(4);
      machine.agree(4);
    }
  }

  private static long ballooned(Machine machine) {
    return machine.balloon().dma().progress().balloonedBytes();
  }

  @Test
  void aGuestShortOfMemoryTakesPagesBack() throws Exception {
    try (var machine = Machine.start(ServedSetup.target(150))) {
      machine.settle(150);
      LinuxGuest guest = machine.guest();
      List<String> said = guest.run("dd if=/dev/zero of=/tmp/much bs=1M count=110 && echo WRITTEN");
      assertTrue(said.contains("WRITTEN"), said::toString);
      assertTrue(guest.counters().deflate() > 10 * MIB / PAGE, "taken back when memory was short");
      List<String> _ = guest.run("rm /tmp/much");
      machine.target(32);
      machine.settle(32);
      machine.agree(32);
    }
  }
}
