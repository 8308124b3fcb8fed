package dev.aerostat.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.tracker.IntervalTreeTracker;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine that notices that one of its rules is broken fails safe. */
@Timeout(180)
final class BrokenRuleTest {
  private static final Long LESS_THAN_NONE = -1L;

  private final AtomicBoolean lies = new AtomicBoolean();

  /** A tracker that has fewer pages in the balloon than none, once it lies. */
  private BalloonTracker tracker(Granules granules) {
    var honest = new IntervalTreeTracker(granules);
    return (BalloonTracker)
        Proxy.newProxyInstance(
            BalloonTracker.class.getClassLoader(),
            new Class<?>[] {BalloonTracker.class},
            (_, method, arguments) ->
                lies.get() && method.getName().equals("pages")
                    ? LESS_THAN_NONE
                    : method.invoke(honest, arguments));
  }

  @Test
  void theGateClosesAndTheListenerIsToldWhichRule() throws Exception {
    var failure = new CompletableFuture<Throwable>();
    var listener =
        new EngineListener() {
          @Override
          public void failed(Throwable cause) {
            failure.complete(cause);
          }
        };
    try (var fixture =
        new EngineFixture(builder -> builder.tracker(this::tracker).listener(listener))) {
      fixture.engine.start();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      lies.set(true);
      fixture.engine.operatorTarget(0);
      Throwable cause = Patience.get("a failure", failure, fixture);
      assertTrue(
          String.valueOf(cause.getMessage()).startsWith("rule 1 is broken ("), cause::toString);
      assertFalse(fixture.gate.isOpen());
    }
  }
}
