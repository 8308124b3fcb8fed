package dev.aerostat.api;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The gates of several devices as one: open once all are, closed once all are.
 *
 * <p>If a part throws while the gate opens, the parts after it are not asked to open. The engine
 * then fails and closes the gate, and with it each part. A part that is still moving is closed as
 * soon as that is done: no part is asked for a change before its last one is done.
 *
 * <p>If parts throw while the gate closes, all others are closed first. The first failure is
 * thrown, with the others suppressed, and {@code done} does not run.
 *
 * <p>Safe for use by one thread at a time, as the engine does. Parts may run {@code done} on any
 * thread.
 */
public final class CompositeGate implements Gate {
  private final List<Part> parts;

  private CompositeGate(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Returns the gates as one.
   *
   * @param gates at least one, all closed, in the order in which they are asked to change
   * @return the composite
   * @throws IllegalArgumentException if there is none
   */
  public static CompositeGate of(List<? extends Gate> gates) {
    if (gates.isEmpty()) {
      throw new IllegalArgumentException(
          "a composite gate needs at least one part: a guest without devices has Gate.ofNoDevice()");
    }
    return new CompositeGate(gates.stream().map(Part::new).toList());
  }

  @Override
  public void open(Runnable done) {
    Runnable partDone = afterAll(done);
    for (Part part : parts) {
      part.open(partDone);
    }
  }

  @Override
  public void close(Runnable done) {
    Runnable partDone = afterAll(done);
    var failures = new ArrayList<Throwable>();
    for (Part part : parts) {
      try {
        part.close(partDone);
      } catch (RuntimeException | Error failure) {
        failures.add(failure);
      }
    }
    if (!failures.isEmpty()) {
      throwFirst(failures);
    }
  }

  @SuppressWarnings("ReferenceEquality") // A throwable must not suppress itself.
  private static void throwFirst(List<Throwable> failures) {
    Throwable first = failures.getFirst();
    for (Throwable other : failures) {
      if (other != first) {
        first.addSuppressed(other);
      }
    }
    if (first instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) first;
  }

  private Runnable afterAll(Runnable done) {
    var left = new AtomicInteger(parts.size());
    return () -> {
      if (left.decrementAndGet() == 0) {
        done.run();
      }
    };
  }

  /** A gate that is asked for one change at a time. */
  private static final class Part {
    private final Gate gate;
    private boolean moving;

    /** What waits until the change under way is done. */
    private @Nullable Runnable close;

    private Part(Gate gate) {
      this.gate = gate;
    }

    private void open(Runnable done) {
      move(gate::open, done);
    }

    private void move(Consumer<Runnable> change, Runnable done) {
      synchronized (this) {
        moving = true;
      }
      try {
        change.accept(
            once(
                () -> {
                  moved();
                  done.run();
                }));
      } catch (RuntimeException | Error failure) {
        moved(); // A change that throws has ended.
        throw failure;
      }
    }

    private void moved() {
      Runnable next;
      synchronized (this) {
        moving = false;
        next = close == null ? () -> {} : close;
        close = null;
      }
      next.run();
    }

    private void close(Runnable done) {
      synchronized (this) {
        if (moving) {
          close = () -> move(gate::close, done);
          return;
        }
      }
      move(gate::close, done);
    }

    private static Runnable once(Runnable done) {
      var ran = new AtomicBoolean();
      return () -> {
        if (ran.compareAndSet(false, true)) {
          done.run();
        }
      };
    }
  }
}
