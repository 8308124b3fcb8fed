package dev.aerostat.balloon.virtio.device;

import java.util.Arrays;
import java.util.Optional;

/**
 * Which index a driver uses for which queue.
 *
 * <p>By the specification the indexes are fixed (virtio 1.2, section 5.5.2). Linux ({@code
 * vp_find_vqs}) and every VMM we know count only the queues that are there. Where the two differ,
 * the set of queues that the driver enabled shows which it meant. A queue that is enabled before
 * that set is decisive waits: with hints and reports, and no statistics, queue 3 is for hints if
 * queue 4 comes, and for reports if queue 2 does.
 */
enum QueueNumbering {
  FIXED {
    @Override
    int indexOf(QueueRole role, long features) {
      return role.fixedIndex();
    }
  },
  CONSECUTIVE {
    @Override
    int indexOf(QueueRole role, long features) {
      int index = 0;
      for (QueueRole earlier : ROLES) {
        if (earlier == role) {
          break;
        }
        index += earlier.existsWith(features) ? 1 : 0;
      }
      return index;
    }
  };

  private static final QueueRole[] ROLES = QueueRole.values();

  abstract int indexOf(QueueRole role, long features);

  /** Finds what a queue is for. */
  Optional<QueueRole> roleOf(int index, long features) {
    return Arrays.stream(ROLES)
        .filter(role -> role.existsWith(features) && indexOf(role, features) == index)
        .findFirst();
  }

  /** The bit set of the indexes that exist with these features. */
  int indexes(long features) {
    int indexes = 0;
    for (QueueRole role : ROLES) {
      if (role.existsWith(features)) {
        indexes |= 1 << indexOf(role, features);
      }
    }
    return indexes;
  }

  /** Returns whether all enabled queues exist in this numbering. */
  boolean explains(int enabled, long features) {
    return (enabled & ~indexes(features)) == 0;
  }

  /** Finds what the driver meant; {@link #FIXED} if neither explains all that it enabled. */
  static QueueNumbering meantBy(int enabled, long features) {
    return !FIXED.explains(enabled, features) && CONSECUTIVE.explains(enabled, features)
        ? CONSECUTIVE
        : FIXED;
  }

  /** Returns whether what is enabled decides what a queue is for. */
  static boolean settles(int index, int enabled, long features) {
    boolean either = FIXED.explains(enabled, features) && CONSECUTIVE.explains(enabled, features);
    return !either || FIXED.roleOf(index, features).equals(CONSECUTIVE.roleOf(index, features));
  }

  /** The bit set of the indexes that some driver may use under an offer. */
  static int possible(long offered) {
    return FIXED.indexes(offered) | CONSECUTIVE.indexes(offered);
  }
}
