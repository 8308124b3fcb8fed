package dev.aerostat.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Progress;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimelineTest {
  private static final long ALL = 1L << 30;

  private long now = 1000;
  private final Timeline timeline = new Timeline(() -> now);

  private void at(long nanos) {
    now = 1000 + nanos;
  }

  private void progress(long mapped, long ballooned, boolean open) {
    timeline.progressed(new Progress(ALL, mapped, ballooned, 0, open));
  }

  private void assertAt(long nanos, Moment moment) {
    assertEquals(OptionalLong.of(nanos), timeline.nanos(moment), moment.words());
  }

  @Test
  void eachMomentIsWhenItFirstCame() {
    assertAt(0, Moment.STARTED);
    at(5);
    timeline.mark(Moment.RUNNING);
    at(9);
    timeline.mark(Moment.RUNNING);
    assertAt(5, Moment.RUNNING);
    assertTrue(timeline.nanos(Moment.ENDED).isEmpty());
  }

  @Test
  void aBootIsToldByWhatTheEngineTells() {
    at(10);
    progress(0, 100, false);
    at(20);
    progress(100, 900, false);
    at(30);
    timeline.dmaWanted(EarlyDmaPolicy.HOLD);
    at(40);
    progress(ALL - 900, 900, true);
    at(50);
    progress(ALL, 500, true);
    at(60);
    progress(ALL, 0, true);
    at(70);
    progress(ALL, 0, true);
    assertAt(20, Moment.INFLATED);
    assertAt(30, Moment.DMA_WANTED);
    assertAt(40, Moment.DMA_READY);
    assertAt(50, Moment.FULLY_MAPPED);
    assertAt(60, Moment.BALLOON_EMPTY);
    assertEquals(900, timeline.mostBalloonedBytes());
  }

  @Test
  void aGuestWithoutABalloonNeverEmptiesIt() {
    progress(ALL, 0, true);
    assertTrue(timeline.nanos(Moment.INFLATED).isEmpty());
    assertTrue(timeline.nanos(Moment.BALLOON_EMPTY).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aerostat: first-dma",
        "aerostat: first-dma 60 of 60 pages",
        "[   12.345678] aerostat: first-dma",
      })
  void theGuestTellsOfItsFirstDmaOnItsConsole(String line) {
    at(7);
    timeline.line(line);
    assertAt(7, Moment.FIRST_DMA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "aerostat: first-dmas", "say aerostat: first-dma", "first-dma"})
  void otherLinesSayNothing(String line) {
    timeline.line(line);
    assertTrue(timeline.nanos(Moment.FIRST_DMA).isEmpty());
  }
}
