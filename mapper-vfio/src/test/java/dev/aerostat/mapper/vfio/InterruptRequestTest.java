package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InterruptRequestTest {
  private static final int NONE_TRIGGER = 0x21;
  private static final int BOOL_TRIGGER = 0x22;
  private static final int EVENTFD_TRIGGER = 0x24;

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 0x20, 0x23, 0x25, 0x27, 0x30, 0x19, 0x31, 0x61, 0x8000_0021, -1, 0x121})
  void flagsAreOneKindOfDataAndOneAction(int flags) {
    assertMistake(
        "interrupt flags 0x%x: expected one of".formatted(flags),
        () -> new InterruptRequest(flags, 0, 0, 0, List.of(), List.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0, 4294967295 interrupts from 0 on: expected 0 to",
    "-2147483648, 0, 2147483648 interrupts from 0 on",
    "0, -1, 0 interrupts from 4294967295 on"
  })
  void startAndCountArePositive(int count, int start, String expected) {
    assertMistake(
        expected, () -> new InterruptRequest(NONE_TRIGGER, 2, start, count, List.of(), List.of()));
  }

  @Test
  void aHugeCountOfCountersTakesNoMemory() {
    int huge = Integer.MAX_VALUE;
    var request = new InterruptRequest(EVENTFD_TRIGGER, 2, huge, huge, List.of(), List.of());
    assertTrue(request.text().contains("count 2147483647"), request::text);
    assertMistake(
        "0 bytes of data for 2147483647 interrupts, flags 0x22: expected 2147483647",
        () -> new InterruptRequest(BOOL_TRIGGER, 2, 0, huge, List.of(), List.of()));
  }

  @Test
  void thereIsADescriptorForEachInterruptOrNone() {
    assertMistake(
        "2 descriptors for 3 interrupts, flags 0x24: expected none, or one for each",
        () -> new InterruptRequest(EVENTFD_TRIGGER, 2, 0, 3, List.of(5, 6), List.of()));
    assertMistake(
        "4 descriptors for 3 interrupts",
        () -> new InterruptRequest(EVENTFD_TRIGGER, 2, 0, 3, List.of(5, 6, 7, 8), List.of()));
    assertMistake(
        "1 descriptors for 1 interrupts, flags 0x21: expected none",
        () -> new InterruptRequest(NONE_TRIGGER, 0, 0, 1, List.of(5), List.of()));
    assertMistake(
        "descriptor -2: expected one of an event counter, or -1",
        () -> new InterruptRequest(EVENTFD_TRIGGER, 0, 0, 1, List.of(-2), List.of()));
    assertMistake(
        "0 interrupts from 0 on: expected 1 to",
        () -> new InterruptRequest(EVENTFD_TRIGGER, 0, 0, 0, List.of(), List.of()));
  }

  @Test
  void thereIsAByteForEachInterruptOrNone() {
    List<Byte> one = List.of((byte) 1);
    assertMistake(
        "1 bytes of data for 2 interrupts, flags 0x22: expected 2",
        () -> new InterruptRequest(BOOL_TRIGGER, 2, 0, 2, List.of(), one));
    for (int flags : new int[] {NONE_TRIGGER, EVENTFD_TRIGGER}) {
      assertMistake(
          "1 bytes of data for 1 interrupts",
          () -> new InterruptRequest(flags, 2, 0, 1, List.of(), one));
    }
  }

  @Test
  void whatTheCallerChangesLaterChangesNothing() {
    var files = new ArrayList<>(List.of(5, -1));
    var request = new InterruptRequest(EVENTFD_TRIGGER, 2, 0, 2, files, List.of());
    files.set(0, 9);
    assertEquals(List.of(5, -1), request.eventfds());
  }

  private static void assertMistake(String expected, Executable call) {
    String mistake = assertThrows(IllegalArgumentException.class, call).toString();
    assertTrue(mistake.contains(expected), mistake);
  }
}
