package dev.aerostat.mapper.spi;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several mappers as one: for a guest with devices in several containers. A range is mapped in all
 * of them or in none, whatever a part throws; if that cannot be had, the refusal's state is {@link
 * HostRefusedException.State#LOST}, or what a part threw is thrown on.
 *
 * <p>Safe for use by several threads if its parts are; two calls for one range must not overlap in
 * time, which the engine sees to.
 */
public final class CompositeMapper implements DmaMapper {
  private final List<DmaMapper> parts;

  private CompositeMapper(List<DmaMapper> parts) {
    this.parts = parts;
  }

  /**
   * Puts mappers together. The composite owns them once this has returned: closing it closes them.
   *
   * @param parts at least one, all mapping the same host memory
   * @return the composite
   * @throws IllegalArgumentException if there is none, or no address can be translated by all
   */
  public static CompositeMapper of(List<? extends DmaMapper> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a composite mapper needs at least one part");
    }
    var composite = new CompositeMapper(List.copyOf(parts));
    var _ = composite.limits();
    return composite;
  }

  @Override
  public MapperLimits limits() {
    return parts.stream().map(DmaMapper::limits).reduce(MapperLimits::intersect).orElseThrow();
  }

  /** Returns the host memory of the first part: all parts map the same. */
  @Override
  public HostMemory hostMemory() {
    return parts.getFirst().hostMemory();
  }

  @Override
  @SuppressWarnings("CatchingUnchecked") // A part may throw what it does not declare.
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    for (int i = 0; i < parts.size(); i++) {
      try {
        parts.get(i).map(iova, host);
      } catch (HostRefusedException refusal) {
        boolean unchanged = refusal.state() == HostRefusedException.State.UNCHANGED;
        HostRefusedException lost = lost(refusal);
        throw rollBack(unchanged ? i : i + 1, iova, lost) ? refusal : lost;
      } catch (Throwable broken) {
        boolean _ = rollBack(i + 1, iova, broken);
        throw broken;
      }
    }
  }

  /** Unmaps in the first parts, in all of them whatever one throws; returns whether none did. */
  @SuppressWarnings("CatchingUnchecked")
  private boolean rollBack(int count, IovaRange iova, Throwable cause) {
    boolean undone = true;
    for (int i = count - 1; i >= 0; i--) {
      try {
        long _ = parts.get(i).unmap(iova);
      } catch (Throwable second) {
        if (!isNothingMapped(second)) {
          undone = false;
          suppress(cause, second);
        }
      }
    }
    return undone;
  }

  private static boolean isNothingMapped(Throwable thrown) {
    return thrown instanceof HostRefusedException refusal
        && refusal.reason() instanceof RefusalCause.NotMapped;
  }

  /** A part may throw the same object each time, which cannot suppress itself. */
  @SuppressWarnings("ReferenceEquality")
  private static void suppress(Throwable first, Throwable second) {
    if (first != second) {
      first.addSuppressed(second);
    }
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    return unmapEach(part -> part.unmap(iova));
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    return unmapEach(DmaMapper::unmapAll);
  }

  /** Unmaps in all parts whatever one throws; where one has nothing, another may have. */
  @SuppressWarnings("CatchingUnchecked")
  private long unmapEach(Unmap unmap) throws HostRefusedException {
    long bytes = 0;
    var refusals = new ArrayList<HostRefusedException>();
    Throwable broken = null;
    for (DmaMapper part : parts) {
      try {
        bytes = Math.max(bytes, unmap.on(part));
      } catch (HostRefusedException refusal) {
        refusals.add(refusal);
      } catch (Throwable thrown) {
        broken = first(broken, thrown);
      }
    }
    if (broken != null) {
      for (HostRefusedException refusal : refusals) {
        suppress(broken, refusal);
      }
      CompositeMapper.<RuntimeException>raise(broken);
    }
    if (refusals.size() < parts.size()) {
      refusals.removeIf(CompositeMapper::isNothingMapped);
    }
    if (!refusals.isEmpty()) {
      throw together(refusals);
    }
    return bytes;
  }

  private static Throwable first(@Nullable Throwable before, Throwable thrown) {
    if (before == null) {
      return thrown;
    }
    suppress(before, thrown);
    return before;
  }

  /** Throws what a part threw, declared or not. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> void raise(Throwable thrown) throws X {
    throw (X) thrown;
  }

  /** Parts that refused and changed nothing are as before only if all did. */
  private HostRefusedException together(List<HostRefusedException> refusals) {
    boolean unchanged =
        refusals.size() == parts.size()
            && refusals.stream().allMatch(r -> r.state() == HostRefusedException.State.UNCHANGED);
    HostRefusedException first = refusals.getFirst();
    HostRefusedException thrown = unchanged ? first : lost(first);
    refusals.stream().skip(1).forEach(second -> suppress(thrown, second));
    return thrown;
  }

  private static HostRefusedException lost(HostRefusedException refusal) {
    var lost =
        new HostRefusedException(
            refusal.operation(),
            refusal.start(),
            refusal.bytes(),
            refusal.errno(),
            refusal.reason(),
            HostRefusedException.State.LOST);
    lost.initCause(refusal);
    return lost;
  }

  /** Closes all parts, whatever one throws; that is then thrown, the rest suppressed. */
  @Override
  @SuppressWarnings("CatchingUnchecked")
  public void close() {
    Throwable broken = null;
    for (DmaMapper part : parts) {
      try {
        part.close();
      } catch (Throwable thrown) {
        broken = first(broken, thrown);
      }
    }
    if (broken != null) {
      CompositeMapper.<RuntimeException>raise(broken);
    }
  }

  private interface Unmap {
    long on(DmaMapper part) throws HostRefusedException;
  }
}
