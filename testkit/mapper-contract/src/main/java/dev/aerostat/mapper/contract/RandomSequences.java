package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Random sequences of calls, compared with a model call by call. Ten at a time are made on one
 * mapper, with an unmap of everything in between: to open a mapper costs most of the time, and what
 * a mapper fails to forget shows only in the next sequence.
 */
final class RandomSequences {
  private static final int MAPPERS = 20;
  private static final int SEQUENCES = 10;
  private static final int MOST_CALLS = 40;
  private static final int LONGEST = 8;
  private static final ModelledCall UNMAP_EVERYTHING =
      new ModelledCall(false, 0, MapperSubject.PAGES, 0);

  private final MapperSource source;

  private RandomSequences(MapperSource source) {
    this.source = source;
  }

  static void all(MapperSource source) throws HostRefusedException {
    var sequences = new RandomSequences(source);
    var random = new SplittableRandom();
    for (int i = 0; i < MAPPERS; i++) {
      List<ModelledCall> calls = new ArrayList<>();
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        for (int call = random.nextInt(MOST_CALLS + 1); call > 0; call--) {
          calls.add(next(random));
        }
        calls.add(UNMAP_EVERYTHING);
      }
      Optional<BrokenClauseError> broken = sequences.play(calls);
      if (broken.isPresent()) {
        throw new FewestCalls(sequences::play, calls, broken.get()).find();
      }
    }
  }

  private static ModelledCall next(SplittableRandom random) {
    int first = random.nextInt(MapperSubject.PAGES);
    int end = Math.min(MapperSubject.PAGES, first + 1 + random.nextInt(LONGEST));
    int host = random.nextInt(MapperSubject.PAGES - (end - first) + 1);
    return new ModelledCall(random.nextInt(3) < 2, first, end, host);
  }

  /** Makes the calls on a mapper of their own, and returns what was broken by the last made. */
  @SuppressWarnings("CatchingUnchecked") // A mapper may throw what it does not declare.
  private Optional<BrokenClauseError> play(List<ModelledCall> calls) throws HostRefusedException {
    MapperSubject subject = MapperSubject.of(source);
    int made = 0;
    try {
      try (subject) {
        var model = new MapperModel(subject);
        for (ModelledCall call : calls) {
          made++;
          model.make(call);
        }
        model.requireSame();
      }
      return Optional.empty();
    } catch (BrokenClauseError broken) {
      return Optional.of(broken.after(told(calls.subList(0, made), subject)));
    } catch (Throwable thrown) {
      if (thrown instanceof HostRefusedException refusal
          && refusal.reason() instanceof RefusalCause.MemoryLockLimit) {
        throw refusal;
      }
      return Optional.of(
          BrokenClauseError.thrown("a legal call", "it done", thrown)
              .after(told(calls.subList(0, made), subject)));
    }
  }

  private static String told(List<ModelledCall> calls, MapperSubject subject) {
    return calls.isEmpty()
        ? "no call at all"
        : calls.stream()
            .map(call -> call.on(subject))
            .collect(Collectors.joining(", ", "these calls: ", ""));
  }
}
