package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random sequences of calls, compared with a model call by call. */
final class RandomSequences {
  private static final int SEQUENCES = 200;
  private static final int MOST_CALLS = 40;
  private static final int LONGEST = 8;

  private RandomSequences() {}

  static void all(MapperSource source) throws HostRefusedException {
    var seeds = new SplittableRandom();
    for (int i = 0; i < SEQUENCES; i++) {
      one(source, seeds.nextLong());
    }
  }

  private static void one(MapperSource source, long seed) throws HostRefusedException {
    var random = new SplittableRandom(seed);
    List<ModelledCall> made = new ArrayList<>();
    try (var subject = MapperSubject.of(source)) {
      var model = new MapperModel(subject);
      int calls = random.nextInt(MOST_CALLS + 1);
      try {
        for (int i = 0; i < calls; i++) {
          ModelledCall call = next(random);
          made.add(call);
          model.make(call);
        }
        model.requireSame();
      } catch (BrokenClauseError broken) {
        throw broken.after("the calls %s, of seed %d".formatted(made, seed));
      }
    }
  }

  private static ModelledCall next(SplittableRandom random) {
    int first = random.nextInt(MapperSubject.PAGES);
    int end = Math.min(MapperSubject.PAGES, first + 1 + random.nextInt(LONGEST));
    return new ModelledCall(random.nextInt(3) < 2, first, end);
  }
}
