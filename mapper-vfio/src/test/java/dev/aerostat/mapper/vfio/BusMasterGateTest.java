package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BusMasterGateTest {
  private static final int MEMORY = 1 << 1;
  private static final int BUS_MASTER = 1 << 2;

  private final List<String> events = new ArrayList<>();
  private int writesWithoutAnswer;
  private int register = MEMORY | BUS_MASTER;
  private final BusMasterGate gate =
      new BusMasterGate(
          new BusMasterGate.Register() {
            @Override
            public int read() {
              events.add("read");
              return register;
            }

            @Override
            public void write(int value) throws IOException {
              register = value;
              if (writesWithoutAnswer > 0) {
                writesWithoutAnswer--;
                throw new IOException("no answer");
              }
            }
          });

  @BeforeEach
  void listen() {
    gate.onDmaWanted(() -> events.add("wanted"));
  }

  @Test
  void atFirstTheDeviceIsNoBusMaster() {
    assertEquals(MEMORY, register);
    assertEquals(MEMORY, gate.guestReads());
  }

  @Test
  void whileClosedTheGuestReadsWhatItWroteButTheDeviceDoesNotGetTheBit() {
    gate.guestWrites(MEMORY | BUS_MASTER);
    assertEquals(MEMORY, register);
    assertEquals(MEMORY | BUS_MASTER, gate.guestReads());
  }

  @Test
  void anEarlyWishIsReportedOnceForEachTimeTheBitIsSet() {
    events.clear();
    gate.guestWrites(BUS_MASTER);
    gate.guestWrites(BUS_MASTER | MEMORY);
    assertEquals(List.of("wanted"), events);
    gate.guestWrites(0);
    gate.guestWrites(BUS_MASTER);
    assertEquals(List.of("wanted", "wanted"), events);
  }

  @Test
  void whoListensLateIsToldOfAGuestThatWaits() {
    gate.guestWrites(BUS_MASTER);
    events.clear();
    gate.onDmaWanted(() -> events.add("told late"));
    assertEquals(List.of("told late"), events);
  }

  @Test
  void whoListensLateIsNotToldOfAGuestThatWaitsNoMore() {
    gate.guestWrites(BUS_MASTER);
    gate.guestWrites(0);
    gate.onDmaWanted(() -> events.add("told late"));
    gate.guestWrites(BUS_MASTER);
    gate.open(() -> {});
    gate.onDmaWanted(() -> events.add("told when open"));
    assertEquals(1, events.stream().filter(event -> event.startsWith("told")).count());
  }

  @Test
  void theWishIsGrantedWhenTheGateOpens() {
    gate.guestWrites(MEMORY | BUS_MASTER);
    gate.open(() -> events.add("open"));
    assertEquals(MEMORY | BUS_MASTER, register);
    assertEquals("open", events.getLast());
  }

  @Test
  void openingGrantsNothingThatTheGuestDidNotAskFor() {
    gate.open(() -> {});
    assertEquals(MEMORY, register);
    events.clear();
    gate.guestWrites(BUS_MASTER);
    assertEquals(BUS_MASTER, register);
    assertEquals(List.of(), events);
  }

  @Test
  void aGateThatFailsToOpenIsShutAndTellsTheGuestsNextWish() {
    gate.guestWrites(MEMORY | BUS_MASTER);
    writesWithoutAnswer = 1;
    assertThrows(UncheckedIOException.class, () -> gate.open(() -> events.add("open")));
    assertEquals(MEMORY, register, "taken back at once");
    gate.guestWrites(MEMORY | BUS_MASTER);
    assertEquals(MEMORY, register);
    gate.guestWrites(0);
    gate.guestWrites(BUS_MASTER);
    assertEquals(List.of("wanted", "wanted"), events.stream().filter("wanted"::equals).toList());
    assertFalse(events.contains("open"));
  }

  @Test
  void aGateThatFailsToCloseSaysSoAndPassesTheBitNoMore() {
    gate.open(() -> {});
    gate.guestWrites(BUS_MASTER);
    writesWithoutAnswer = 1;
    assertThrows(UncheckedIOException.class, () -> gate.close(() -> events.add("closed")));
    assertFalse(events.contains("closed"));
    gate.guestWrites(MEMORY | BUS_MASTER);
    assertEquals(MEMORY, register);
  }

  @Test
  void closingTakesTheBitAndWaitsForTheDeviceToAnswer() {
    gate.open(() -> {});
    gate.guestWrites(BUS_MASTER);
    events.clear();
    gate.close(() -> events.add("closed"));
    assertEquals(0, register);
    assertEquals(List.of("read", "closed"), events);
    assertEquals(BUS_MASTER, gate.guestReads());
  }
}
