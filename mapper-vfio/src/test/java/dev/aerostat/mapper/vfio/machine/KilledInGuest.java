package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A process that is killed while it maps leaves nothing pinned, and its device free. */
final class KilledInGuest {
  private static final long BYTES = 64L << 20;
  private static final long PAGE = 4096;

  @Test
  void aKilledProcessLeavesNothingPinned() throws Exception {
    long before = PinnedPages.count();
    Process mapping = startMapping();
    try (var lines = mapping.inputReader(StandardCharsets.UTF_8)) {
      assertEquals("mapping", lines.readLine());
      long pinned = PinnedPages.count() - before;
      int _ = mapping.destroyForcibly().waitFor();
      System.out.printf("KILLED with %d pages pinned%n", pinned);
      assertTrue(pinned > 0, "nothing was pinned");
    }
    assertEquals(before, PinnedPages.count(), "pages pinned after the kill");
    try (VfioMapper mapper = VfioMapper.open(GuestDevices.one())) {
      assertEquals(0, mapper.unmapAll(), "bytes mapped in a new container");
    }
  }

  @Test
  void aClosedMapperLeavesNothingPinned() throws Exception {
    long before = PinnedPages.count();
    try (var memory = allocate();
        VfioMapper mapper = VfioMapper.open(GuestDevices.one())) {
      mapper.map(IovaRange.ofLength(0, BYTES), memory.guestMemory().region(0).hostAddress(0));
      assertTrue(PinnedPages.count() - before > 0, "nothing was pinned");
    }
    assertEquals(before, PinnedPages.count(), "pages pinned after close");
  }

  private static Process startMapping() throws IOException {
    return new ProcessBuilder(GuestJava.command(KilledInGuest.class))
        .redirectErrorStream(true)
        .start();
  }

  /** Maps and unmaps until it is killed. */
  public static void main(String[] arguments) throws IOException, HostRefusedException {
    LinuxGuestMemory memory = allocate();
    VfioMapper mapper = VfioMapper.open(GuestDevices.one());
    HostAddress host = memory.guestMemory().region(0).hostAddress(0);
    mapper.map(IovaRange.ofLength(0, BYTES / 2), host);
    System.out.println("mapping");
    while (true) {
      for (long offset = BYTES / 2; offset < BYTES; offset += PAGE) {
        mapper.map(IovaRange.ofLength(offset, PAGE), host.plus(offset));
        long _ = mapper.unmap(IovaRange.ofLength(offset, PAGE));
      }
    }
  }

  private static LinuxGuestMemory allocate() throws IOException {
    return LinuxGuestMemory.allocate(
        List.of(GuestRange.ofLength(0, BYTES)), new MemoryBacking.Anonymous(false));
  }
}
