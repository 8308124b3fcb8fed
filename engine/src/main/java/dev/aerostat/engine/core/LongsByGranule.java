package dev.aerostat.engine.core;

import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A long for each granule, 0 unless it was set. Only parts of {@value #PART_LONGS} granules of
 * which one is not 0 take memory.
 *
 * <pre>
 *   directory   .  o  .  .  o  .      a part for each 256 granules, nothing where all are 0
 *                  |        |
 *   made           1        0  2      those in use, then spare ones, whose longs are all 0
 * </pre>
 *
 * <p>A part that becomes all 0 is kept for the next that is needed, so that a guest that comes and
 * goes makes no garbage. {@link #releaseAll} lets go of them.
 */
final class LongsByGranule {
  private static final int SHIFT = 8;
  private static final int PART_LONGS = 1 << SHIFT;
  private static final @Nullable Part[] NONE = {};

  private final int parts;
  private @Nullable Part[] directory = NONE;
  private final ArrayList<Part> made = new ArrayList<>();
  private int used;

  /** Creates zeros for {@code count} granules. */
  LongsByGranule(int count) {
    parts = ((count - 1) >>> SHIFT) + 1;
  }

  long get(int granule) {
    if (used == 0) {
      return 0;
    }
    Part part = directory[granule >>> SHIFT];
    return part == null ? 0 : part.longs[granule & (PART_LONGS - 1)];
  }

  /** Sets the value of a granule; returns the one before. */
  long set(int granule, long value) {
    long old = get(granule);
    if (value == old) {
      return old;
    }
    Part part = partOf(granule >>> SHIFT);
    part.longs[granule & (PART_LONGS - 1)] = value;
    if (old == 0) {
      part.notZero++;
    } else if (value == 0) {
      part.notZero--;
      if (part.notZero == 0) {
        spare(part);
      }
    }
    return old;
  }

  /** Sets all to 0, in time that grows with the parts that are not. */
  void clear() {
    while (used > 0) {
      Part part = made.get(used - 1);
      Arrays.fill(part.longs, 0);
      part.notZero = 0;
      spare(part);
    }
  }

  /** Sets all to 0 and holds no memory any more. */
  void releaseAll() {
    directory = NONE;
    made.clear();
    made.trimToSize();
    used = 0;
  }

  private Part partOf(int index) {
    if (directory.length == 0) {
      directory = new Part[parts];
    }
    Part part = directory[index];
    if (part == null) {
      part = unused();
      part.index = index;
      directory[index] = part;
    }
    return part;
  }

  private Part unused() {
    if (used == made.size()) {
      made.add(new Part(used));
    }
    return made.get(used++);
  }

  /** Exchanges the places of this part, whose longs are all 0 now, and of the last in use. */
  private void spare(Part part) {
    directory[part.index] = null;
    used--;
    Part last = made.set(used, part);
    made.set(part.place, last);
    last.place = part.place;
    part.place = used;
  }

  private static final class Part {
    private final long[] longs = new long[PART_LONGS];
    private int notZero;

    /** In the directory, while it is in use. */
    private int index;

    /** Among those that were made. */
    private int place;

    Part(int place) {
      this.place = place;
    }
  }
}
