package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.mapper.vfio.InterruptRequest;
import dev.aerostat.mapper.vfio.RelayedRegion;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.mapper.vfio.VfioRelay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MSI and MSI-X of a real device, in as many parts as a client of vfio-user makes of them. */
final class MessagesInGuest {
  private static final int MSI = 1;
  private static final int MSIX = 2;
  private static final int MAPPABLE_TABLE = 3;
  private static final int HAS_CAPABILITIES = 8;
  private static final int CONNECT = 0x24;

  /** The kernel counts it as if the device had interrupted: linux/vfio.h has it for tests. */
  private static final int COUNT = 0x21;

  @ParameterizedTest
  @ValueSource(ints = {MSI, MSIX})
  void vectorsAreConnectedInPartsAndEachCountsOnItsOwnCounter(int index) throws Exception {
    try (VfioMapper mapper =
        VfioMapper.open(List.of(GuestDevices.withMessages()), GuestDevices.backend())) {
      VfioRelay relay = mapper.devices().getFirst().relay();
      int vectors = relay.interrupt(index).count();
      System.out.println("vectors of " + index + ": " + vectors);
      assertTrue(vectors >= 16, "too few for parts");
      List<EventCounter> counters = Stream.generate(EventCounter::new).limit(vectors).toList();
      int part = vectors / 4;
      for (int start = 0; start < vectors; start += part) {
        connect(relay, index, start, counters.subList(start, Math.min(start + part, vectors)));
      }
      assertEachCounts(relay, index, counters);
      connect(relay, index, part, counters.subList(0, part));
      count(relay, index, part);
      counters.getFirst().assertCounts("connected in its place");
      relay.disableInterrupts();
      connect(relay, index, part, counters.subList(part, 2 * part));
      count(relay, index, part);
      counters.get(part).assertCounts("the first part was not the first vectors");
      counters.forEach(EventCounter::close);
    }
  }

  private static void assertEachCounts(VfioRelay relay, int index, List<EventCounter> counters)
      throws IOException {
    for (int vector = 0; vector < counters.size(); vector++) {
      count(relay, index, vector);
      counters.get(vector).assertCounts("vector " + vector);
    }
  }

  /** That the table may be mapped is a capability of its region. */
  @Test
  void theRegionOfTheTableHasACapability() throws Exception {
    try (VfioMapper mapper =
        VfioMapper.open(List.of(GuestDevices.withMessages()), GuestDevices.backend())) {
      var chained = new ArrayList<RelayedRegion>();
      for (int index = 0; index < 6; index++) {
        RelayedRegion region = mapper.devices().getFirst().relay().region(index);
        if ((region.flags() & HAS_CAPABILITIES) != 0) {
          chained.add(region);
        }
      }
      assertEquals(1, chained.size(), chained::toString);
      assertEquals(32, chained.getFirst().capabilityOffset());
      List<Byte> expected = List.of((byte) MAPPABLE_TABLE, (byte) 0, (byte) 1, (byte) 0);
      assertEquals(expected, chained.getFirst().capabilities().subList(0, 4));
    }
  }

  private static void connect(VfioRelay relay, int index, int start, List<EventCounter> counters)
      throws IOException {
    List<Integer> files = counters.stream().map(EventCounter::number).toList();
    relay.setInterrupts(
        new InterruptRequest(CONNECT, index, start, files.size(), files, List.of()));
  }

  private static void count(VfioRelay relay, int index, int vector) throws IOException {
    relay.setInterrupts(new InterruptRequest(COUNT, index, vector, 1, List.of(), List.of()));
  }
}
