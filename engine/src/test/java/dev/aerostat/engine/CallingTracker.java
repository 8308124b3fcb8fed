package dev.aerostat.engine;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.tracker.BitmapTracker;
import java.lang.reflect.Proxy;

/** A tracker that calls a test back when a certain class of the engine has it asked. */
final class CallingTracker {
  private CallingTracker() {}

  static BalloonTracker of(Granules granules, String callerSimpleName, Runnable called) {
    var tracker = new BitmapTracker(granules);
    return (BalloonTracker)
        Proxy.newProxyInstance(
            BalloonTracker.class.getClassLoader(),
            new Class<?>[] {BalloonTracker.class},
            (_, method, arguments) -> {
              if (calledBy(callerSimpleName)) {
                called.run();
              }
              return method.invoke(tracker, arguments);
            });
  }

  private static boolean calledBy(String simpleName) {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getClassName().endsWith("." + simpleName)));
  }
}
