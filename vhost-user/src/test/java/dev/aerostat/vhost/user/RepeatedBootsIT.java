package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.GUEST_MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guests, one after another, on one server: {@code src/it/boots} runs a hundred. */
final class RepeatedBootsIT extends RealDriver {
  private static final int BOOTS = Integer.getInteger("aerostat.boots", 5);

  /** They also bring in what this process keeps: classes, and libraries for them. */
  private static final int WARM_UP = 2;

  @Test
  void leaveNoDescriptorMappingThreadOrNativeMemoryBehind() throws Exception {
    try (var backend = Backend.observed(ServedSetup.target(64))) {
      for (int boot = 1; boot <= WARM_UP; boot++) {
        ProcessFootprint _ = after(boot, backend);
      }
      ProcessFootprint warm = ProcessFootprint.now();
      for (int boot = WARM_UP + 1; boot <= BOOTS; boot++) {
        after(boot, backend).assertNoMoreThan(warm);
      }
    }
  }

  private static ProcessFootprint after(int boot, Backend<ObservedBalloon> backend)
      throws Exception {
    bootAndPowerOff(backend, boot);
    ProcessFootprint now = ProcessFootprint.now();
    System.out.printf("boot %d: %s, resident %d KiB%n", boot, now, residentKib());
    return now;
  }

  private static void bootAndPowerOff(Backend<ObservedBalloon> backend, int boot) throws Exception {
    try (var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      ObservedBalloon balloon = Machine.load(backend, guest);
      Backend.await("a balloon", () -> Machine.isSettled(balloon, 64));
      balloon.dma().operatorTarget(0);
      Backend.await("no balloon", () -> Machine.isSettled(balloon, 0));
      guest.powerOff();
      Backend.await("the end of the session", () -> backend.served() == boot);
      assertEquals(List.of(), balloon.violationsBeforeClose());
      assertEquals(0, balloon.mapper().simulated().liveMappings());
    }
  }

  private static long residentKib() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(status -> status.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
