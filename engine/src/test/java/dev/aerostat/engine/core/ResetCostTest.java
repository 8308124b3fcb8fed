package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A guest may reset its device without end, and workers wait meanwhile. */
class ResetCostTest {
  private static final int GRANULES = 4_096;
  private static final int RESETS = 100;

  private final AtomicLong questions = new AtomicLong();
  private final AtomicLong resets = new AtomicLong();
  private final Granules granules = Granules.of(Setup.memory(0, GRANULES), Pages.SIZE);
  private final EngineCore core =
      new EngineCore(
          granules,
          tracker(),
          Setup.plain(1),
          new IdleCommands() {
            @Override
            public void completeReset() {
              resets.incrementAndGet();
            }
          });

  private BalloonTracker tracker() {
    var tracker = new BitSetTracker(granules);
    return (BalloonTracker)
        Proxy.newProxyInstance(
            BalloonTracker.class.getClassLoader(),
            new Class<?>[] {BalloonTracker.class},
            (_, method, arguments) -> {
              questions.incrementAndGet();
              return method.invoke(tracker, arguments);
            });
  }

  @Test
  void aResetAsksTheTrackerAFewQuestionsHoweverManyGranulesThereAre() {
    core.start();
    long before = questions.get();
    for (int i = 0; i < RESETS; i++) {
      core.inflated(GRANULES / 2, GRANULES / 2 + 1, false);
      core.inflateMessageEnd(1);
      core.turnEnded();
      core.resetRequested();
    }
    assertEquals(RESETS, resets.get());
    long asked = questions.get() - before;
    assertTrue(asked < 50 * RESETS, () -> asked + " questions");
  }
}
