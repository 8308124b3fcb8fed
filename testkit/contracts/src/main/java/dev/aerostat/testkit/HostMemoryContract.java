package dev.aerostat.testkit;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostMemory;
import dev.aerostat.mapper.contract.ClauseOutcome;
import dev.aerostat.mapper.contract.HostMemoryClause;
import dev.aerostat.mapper.contract.HostMemorySource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link HostMemory} must do: each {@link HostMemoryClause} as a test. Extend it, say
 * what populates and discards, and run the class with JUnit Jupiter. Guest memory is a few hundred
 * kilobytes, anonymous or of a sparse temporary file.
 */
public abstract class HostMemoryContract {
  /** For subclasses. */
  protected HostMemoryContract() {}

  /**
   * Returns what is to be tested.
   *
   * @param memory the guest's RAM
   * @return what populates and discards that memory
   */
  protected abstract HostMemory create(GuestMemory memory);

  /**
   * Returns whether populating and discarding do something to the memory of this process. A
   * simulated host keeps books and touches none.
   *
   * @return true unless overridden
   */
  protected boolean touchesMemory() {
    return true;
  }

  /**
   * Returns whether discarding gives pages back to the host. One that can only write zeros keeps
   * them, and breaks that part of {@link HostMemory}'s contract.
   *
   * @return true unless overridden
   */
  protected boolean givesBack() {
    return true;
  }

  /**
   * Tries a clause. One that does not apply to this host memory passes.
   *
   * @param clause which
   */
  @ParameterizedTest(name = "{0}")
  @EnumSource
  public final void holds(HostMemoryClause clause) {
    switch (clause.check(source())) {
      case ClauseOutcome.Passed _, ClauseOutcome.NotApplicable _ -> {}
      case ClauseOutcome.Failed(String what, Throwable cause) ->
          throw new AssertionError("%s: %s".formatted(clause.text(), what), cause);
    }
  }

  private HostMemorySource source() {
    return new HostMemorySource() {
      @Override
      public HostMemory of(GuestMemory memory) {
        return create(memory);
      }

      @Override
      public boolean touchesMemory() {
        return HostMemoryContract.this.touchesMemory();
      }

      @Override
      public boolean givesBack() {
        return HostMemoryContract.this.givesBack();
      }
    };
  }
}
