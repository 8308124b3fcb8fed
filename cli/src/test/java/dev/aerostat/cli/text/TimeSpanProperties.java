package dev.aerostat.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class TimeSpanProperties {
  private static final long HOUR = 3_600_000_000_000L;

  @Property
  void aTimeReadsTheSameInEveryUnit(@ForAll @LongRange(max = HOUR) long nanos) {
    assertEquals(nanos, TimeSpan.parse(nanos + "ns").nanos());
    assertEquals(nanos, TimeSpan.parse(plain(nanos, 3) + "us").nanos());
    assertEquals(nanos, TimeSpan.parse(plain(nanos, 6) + "ms").nanos());
    assertEquals(nanos, TimeSpan.parse(plain(nanos, 9) + "s").nanos());
  }

  private static String plain(long nanos, int digits) {
    return BigDecimal.valueOf(nanos, digits).toPlainString();
  }

  @Example
  void whatIsNoTimeIsRefused() {
    for (String text : new String[] {"", "1", "s", "-1s", "1h", "0.1ns", "1441min", "1 s"}) {
      assertThrows(IllegalArgumentException.class, () -> TimeSpan.parse(text), text);
    }
  }

  @Example
  void peopleReadThreeDigits() {
    assertEquals("2.53 s", new TimeSpan(2_534_000_000L).toString());
    assertEquals("90.1 s", new TimeSpan(90_120_000_000L).toString());
    assertEquals("1,234 s", new TimeSpan(1_234_400_000_000L).toString());
    assertEquals("12.0 µs", new TimeSpan(12_000).toString());
    assertEquals("340 ms", new TimeSpan(340_000_000).toString());
    assertEquals("999 ns", new TimeSpan(999).toString());
    assertEquals("0 s", new TimeSpan(0).toString());
    assertEquals("10.0 s", new TimeSpan(9_996_000_000L).toString());
  }
}
