package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A user without CAP_IPC_LOCK, who may lock {@value #LIMIT_KIB} KiB: a process of its own. */
final class MemoryLockInGuest {
  private static final int LIMIT_KIB = 64;

  private static final long PAGE = 4096;
  private static final long ALLOWED = LIMIT_KIB * 1024L;

  /** What VFIO's files, and a Java on them, are to the machine's user "guest". */
  private static final String AS_GUEST =
      """
      chown -R guest /dev/vfio
      [ ! -c /dev/iommu ] || chown guest /dev/iommu
      ulimit -l %d
      java=$1
      shift
      exec start-stop-daemon -S -c guest -n of-no-other -a $java -- "$@"
      """
          .formatted(LIMIT_KIB);

  @Test
  void aUserWhoMayLockTooLittleIsToldHowMuchIsNeeded() throws Exception {
    var command = new ArrayList<>(List.of("/bin/sh", "-ec", AS_GUEST, "sh"));
    command.addAll(GuestJava.command(MemoryLockInGuest.class));
    int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
    assertEquals(0, exit, "exit code of the user's process");
  }

  /** Runs as that user. */
  public static void main(String[] arguments) throws IOException, HostRefusedException {
    try (var memory = allocate();
        VfioMapper mapper = VfioMapper.open(GuestDevices.one())) {
      HostAddress host = memory.guestMemory().region(0).hostAddress(0);
      mapper.map(IovaRange.ofLength(0, ALLOWED - PAGE), host);
      var refusal =
          assertThrows(
              HostRefusedException.class,
              () -> mapper.map(IovaRange.ofLength(1 << 20, 2 * PAGE), host));
      System.out.println("MESSAGE " + refusal.getMessage());
      assertEquals(
          new RefusalCause.MemoryLockLimit(ALLOWED, ALLOWED + PAGE),
          assertInstanceOf(RefusalCause.MemoryLockLimit.class, refusal.reason()));
      mapper.map(IovaRange.ofLength(1 << 20, PAGE), host);
    }
  }

  private static LinuxGuestMemory allocate() throws IOException {
    return LinuxGuestMemory.allocate(
        List.of(GuestRange.ofLength(0, ALLOWED)), new MemoryBacking.Anonymous(false));
  }
}
