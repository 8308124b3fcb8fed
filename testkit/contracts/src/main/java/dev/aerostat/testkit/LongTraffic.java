package dev.aerostat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A tracker under thousands of messages of one shape: what it answers to each of them is compared,
 * and by turns what it answers when it is asked after each, after some, or only now and then.
 */
final class LongTraffic {
  private static final int MESSAGES_BETWEEN_FULL_CHECKS = 1000;

  private final BalloonTracker subject;
  private final Granules granules;
  private final SortedRanges model;
  private final Random random;
  private final int messagesAQuestion;
  private final Consumer<BalloonTracker> insideCheck;
  private int sent;

  private LongTraffic(
      BalloonTracker subject,
      Granules granules,
      Random random,
      int messagesAQuestion,
      Consumer<BalloonTracker> insideCheck) {
    this.subject = subject;
    this.granules = granules;
    this.model = new SortedRanges(granules);
    this.random = random;
    this.messagesAQuestion = messagesAQuestion;
    this.insideCheck = insideCheck;
  }

  /**
   * Plays one shape somewhere in a guest.
   *
   * @param messagesAQuestion after how many messages the tracker is asked; 1 for after each
   * @throws AssertionError that names shape, seed and message, if the tracker errs or throws
   */
  static void play(
      BalloonTracker subject,
      TrackedGuest guest,
      Granules granules,
      TrafficShape shape,
      long seed,
      int messagesAQuestion,
      Consumer<BalloonTracker> insideCheck) {
    var random = new Random(seed);
    var traffic = new LongTraffic(subject, granules, random, messagesAQuestion, insideCheck);
    try {
      shape.play(random, guest.anyExtent(random), traffic::send);
      traffic.checkAll();
    } catch (AssertionError | RuntimeException wrong) {
      throw new AssertionError(
          "%s: after %d messages of shape %s and seed %d, asked every %d messages: %s"
              .formatted(guest, traffic.sent, shape, seed, messagesAQuestion, wrong),
          wrong);
    }
  }

  private void send(BalloonChange message) {
    sent++;
    long changed =
        message.isInflate()
            ? subject.inflate(
                message.first(),
                message.end(),
                message.kind() == BalloonChange.Kind.INFLATE_DESCENDING)
            : subject.deflate(message.first(), message.end());
    assertEquals(model.apply(message), changed, () -> "pages changed by " + message);
    if (sent % messagesAQuestion == 0) {
      ask(message);
    }
    if (sent % MESSAGES_BETWEEN_FULL_CHECKS == 0) {
      checkAll();
    }
  }

  private void ask(BalloonChange message) {
    assertEquals(model.pages(), subject.pages(), "pages()");
    assertEquals(model.ranges().size(), subject.ranges(), "ranges()");
    askForNewest();
    long near = Math.max(0, message.first() - 1 - random.nextInt(600));
    askForPage(message.first());
    askForPage(message.end());
    askForPage(near);
    askForRange(near, message.end() + random.nextInt(600));
    if (random.nextInt(8) == 0) {
      long anywhere = random.nextLong(granules.memory().endPage());
      askForPage(anywhere);
      askForRange(Math.min(anywhere, near), Math.max(anywhere, near) + 1);
    }
  }

  private void askForNewest() {
    List<Integer> newest = new ArrayList<>();
    for (int granule = subject.mostRecentGranule();
        granule != BalloonTracker.NONE && newest.size() < 4;
        granule = subject.nextOlderGranule(granule)) {
      newest.add(granule);
    }
    assertEquals(model.newest(4), newest, "the most recent granules");
  }

  private void askForPage(long page) {
    assertEquals(model.contains(page), subject.contains(page), () -> "contains " + page);
    assertEquals(
        model.nextBallooned(page), subject.nextBallooned(page), () -> "nextBallooned " + page);
    assertEquals(
        model.nextNotBallooned(page),
        subject.nextNotBallooned(page),
        () -> "nextNotBallooned " + page);
  }

  private void askForRange(long first, long end) {
    long pages = model.pagesIn(first, end);
    assertEquals(
        pages, subject.pagesIn(first, end), () -> "pagesIn %d to %d".formatted(first, end));
    assertEquals(
        pages == end - first,
        subject.containsAll(first, end),
        () -> "containsAll %d to %d".formatted(first, end));
    assertEquals(
        pages > 0,
        subject.intersects(first, end),
        () -> "intersects %d to %d".formatted(first, end));
  }

  private void checkAll() {
    insideCheck.accept(subject);
    assertEquals(model.pages(), subject.pages(), "pages()");
    assertEquals(model.ranges().size(), subject.ranges(), "ranges()");
    assertVisited(List.copyOf(model.ranges().entrySet()), subject::forEachRange);
    assertVisited(
        List.copyOf(model.ranges().descendingMap().entrySet()), subject::forEachRangeDescending);
    assertOrder();
  }

  private static void assertVisited(List<? extends Map.Entry<Long, Long>> expected, Visit visit) {
    var at = new int[1];
    visit.ranges(
        (first, end) -> {
          var range = at[0] < expected.size() ? expected.get(at[0]) : null;
          if (range == null || range.getKey() != first || range.getValue() != end) {
            throw new AssertionError(
                "range %d visited: expected %s, was %d=%d".formatted(at[0], range, first, end));
          }
          at[0]++;
        });
    assertEquals(expected.size(), at[0], "ranges visited");
  }

  private void assertOrder() {
    int granule = subject.mostRecentGranule();
    for (int expected : model.order()) {
      assertEquals(expected, granule, "granules, most recent first");
      granule = subject.nextOlderGranule(granule);
    }
    assertEquals(BalloonTracker.NONE, granule, "after the oldest granule");
  }

  private interface Visit {
    void ranges(BalloonTracker.RangeVisitor visitor);
  }
}
