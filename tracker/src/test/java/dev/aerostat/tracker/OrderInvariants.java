package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** What is always true of the order of inflation between two calls. */
final class OrderInvariants {
  private OrderInvariants() {}

  static void check(RunOrder order, TreeLimits limits) {
    var granules = new HashSet<Integer>();
    int runs = 0;
    int newer = MemberList.SEAM;
    int member = order.members.newest();
    while (member != MemberList.SEAM) {
      assertEquals(newer, order.members.newerThan(member), "a link back");
      if (MemberList.isRun(member)) {
        runs++;
        checkRun(order, member, granules);
      } else {
        assertTrue(granules.add(MemberList.granuleOf(member)), "a granule that is twice in it");
      }
      newer = member;
      member = order.members.olderThan(member);
    }
    assertEquals(newer, order.members.newerThan(MemberList.SEAM), "the oldest");
    assertEquals(runs, order.runs.count(), "runs that are linked");
    assertTrue(runs <= limits.orderRuns(), "more runs than there may be");
    checkRecent(order.recent);
    checkRoom(order.runs, granules);
  }

  /** Looks whether the room that a run has to grow is free of other runs. */
  private static void checkRoom(GranuleRuns runs, Set<Integer> granules) {
    if (runs.room == 0) {
      return;
    }
    int newer = runs.newerEnd(runs.growing);
    int step = Integer.signum(newer - runs.olderEnd(runs.growing));
    for (int granule : granules) {
      long away = ((long) granule - newer) * step;
      assertTrue(
          away <= 0 || away > runs.room || runs.of(granule) == GranuleRuns.NONE,
          "a run where another may grow");
    }
  }

  private static void checkRun(RunOrder order, int run, Set<Integer> granules) {
    for (int granule = order.runs.lowest(run); granule <= order.runs.highest(run); granule++) {
      assertTrue(granules.add(granule), "a granule that is twice in it");
      assertEquals(run, order.runs.of(granule), "the run of a granule");
      assertFalse(order.members.hasGranule(granule), "in a run and by itself");
    }
  }

  private static void checkRecent(int[] recent) {
    int[] used = Arrays.stream(recent).filter(granule -> granule >= 0).toArray();
    assertEquals(used.length, Arrays.stream(used).distinct().count(), "a newest granule twice");
    for (int place = 0; place < used.length; place++) {
      assertNotEquals(-1, recent[place], "a gap among the newest");
    }
  }
}
