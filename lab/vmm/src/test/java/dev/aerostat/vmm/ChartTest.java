package dev.aerostat.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ChartTest {
  private final Chart chart = new Chart();

  @Test
  void aRowTellsEveryBootAndHowManyTimesEarlierThanSyncTheMedianIs() {
    add(ChartWay.SYNC, 40);
    add(ChartWay.SYNC, 60);
    add(ChartWay.ASYNC_4K, 25);
    add(ChartWay.ASYNC_2M, 12);
    add(ChartWay.ASYNC_2M, 8);
    List<String> cells = List.of(chart.table().lines().toList().getLast().split("  +"));
    assertEquals(List.of("1024 MiB", "40.0 60.0 s", "25.0 s, 2.0 x", "8.0 12.0 s, 5.0 x"), cells);
  }

  @Test
  void withoutSyncThereIsNothingToCompareWith() {
    add(ChartWay.ASYNC_2M, 12);
    assertTrue(chart.table().contains("12.0 s, NaN x"), chart.table());
  }

  @Test
  void eachBootIsALineOfJson() {
    add(ChartWay.ASYNC_2M, 12);
    assertEquals(
        "{\"memoryBytes\":1073741824,\"way\":\"async-2m\",\"runningNanos\":1,\"driverNanos\":2,"
            + "\"dmaReadyNanos\":3,\"firstDmaNanos\":12000000000,\"mostBalloonedBytes\":4}\n",
        chart.json());
  }

  private void add(ChartWay way, long seconds) {
    chart.add(new Chart.Boot(way, 1L << 30, 1, 2, 3, seconds * 1_000_000_000, 4));
  }
}
