package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CompositeGateTest {
  private final List<String> events = new ArrayList<>();
  private final SlowGate first = new SlowGate("first");
  private final SlowGate second = new SlowGate("second");
  private final CompositeGate gate = CompositeGate.of(List.of(first, second));

  @Test
  void itIsOpenOnceAllPartsAre() {
    gate.open(() -> events.add("open"));
    second.done();
    assertEquals(List.of("first opens", "second opens"), events);
    first.done();
    assertEquals("open", events.getLast());
  }

  @Test
  void itIsClosedOnceAllPartsAre() {
    opened();
    gate.close(() -> events.add("closed"));
    first.done();
    assertEquals(List.of("first closes", "second closes"), events);
    second.done();
    assertEquals("closed", events.getLast());
  }

  @Test
  void aPartThatIsDoneTwiceDoesNotStandForAnother() {
    gate.open(() -> events.add("open"));
    first.doneTwice();
    assertEquals(List.of("first opens", "second opens"), events);
    second.done();
    assertEquals("open", events.getLast());
  }

  @Test
  void afterAPartThatFailsToOpenNoneIsAskedTo() {
    first.failure = new IllegalStateException("no answer");
    var failure = assertThrows(IllegalStateException.class, () -> gate.open(this::never));
    assertSame(first.failure, failure);
    assertEquals(List.of("first opens"), events);
  }

  @Test
  void aPartThatIsStillOpeningIsClosedAsSoonAsItIsOpen() {
    second.failure = new AssertionError("no answer");
    assertThrows(AssertionError.class, () -> gate.open(this::never));
    second.failure = null;
    events.clear();

    gate.close(() -> events.add("closed"));
    second.done();
    assertEquals(List.of("second closes"), events);
    first.done();
    assertEquals(List.of("second closes", "first closes"), events);
    first.done();
    assertEquals("closed", events.getLast());
  }

  @Test
  void aPartThatIsStillClosingIsAskedAgainOnlyOnceItHasClosed() {
    opened();
    second.failure = new IllegalStateException("stuck");
    assertThrows(IllegalStateException.class, () -> gate.close(this::never));
    second.failure = null;
    gate.close(() -> events.add("closed"));
    second.done();
    assertEquals(List.of("first closes", "second closes", "second closes"), events);
    first.done();
    assertEquals("first closes", events.getLast());
    first.done();
    assertEquals("closed", events.getLast());
  }

  @Test
  void allPartsAreClosedWhateverOneThrows() {
    opened();
    first.failure = new IllegalStateException("first is stuck");
    second.failure = new StackOverflowError("second is stuck");
    var failure = assertThrows(IllegalStateException.class, () -> gate.close(this::never));
    assertSame(first.failure, failure);
    assertArrayEquals(new Throwable[] {second.failure}, failure.getSuppressed());
    assertEquals(List.of("first closes", "second closes"), events);
  }

  @Test
  void oneFailureThatAllPartsThrowIsNotSuppressedByItself() {
    opened();
    var stuck = new IllegalStateException("both are stuck");
    first.failure = stuck;
    second.failure = stuck;
    assertSame(stuck, assertThrows(IllegalStateException.class, () -> gate.close(this::never)));
  }

  @Test
  void aPartThatFailsToCloseLeavesTheOthersDoneUnheard() {
    opened();
    first.failure = new IllegalStateException("stuck");
    assertThrows(IllegalStateException.class, () -> gate.close(this::never));
    second.done();
  }

  @Test
  void withoutPartsThereIsNoGate() {
    assertThrows(IllegalArgumentException.class, () -> CompositeGate.of(List.of()));
  }

  @Test
  void theGateOfNoDeviceMovesAtOnce() {
    var moves = new ArrayList<String>();
    Gate.ofNoDevice().open(() -> moves.add("open"));
    Gate.ofNoDevice().close(() -> moves.add("closed"));
    assertEquals(List.of("open", "closed"), moves);
  }

  private void opened() {
    gate.open(() -> {});
    first.done();
    second.done();
    events.clear();
  }

  private void never() {
    throw new AssertionError("done, and yet a part failed");
  }

  /** A gate whose changes take effect when the test says so. */
  private final class SlowGate implements Gate {
    private final String name;
    private final Deque<Runnable> changes = new ArrayDeque<>();
    private @Nullable Throwable failure;

    private SlowGate(String name) {
      this.name = name;
    }

    @Override
    public void open(Runnable done) {
      change("opens", done);
    }

    @Override
    public void close(Runnable done) {
      change("closes", done);
    }

    private void change(String what, Runnable done) {
      events.add(name + " " + what);
      assertEquals(0, changes.size(), "asked for a change before the last one was done");
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
      changes.add(done);
    }

    private void done() {
      changes.remove().run();
    }

    private void doneTwice() {
      Runnable done = changes.remove();
      done.run();
      done.run();
    }
  }
}
