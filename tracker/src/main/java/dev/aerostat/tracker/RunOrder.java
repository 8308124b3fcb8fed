package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.Arrays;

/**
 * Granules by when they were last inflated into. A guest that boots inflates them one after the
 * other, so they are kept as runs; where a guest jumps about, runs are taken apart, and each of
 * their granules is linked by itself.
 *
 * <p>A driver goes to and fro between two or three granules as its messages straddle them. So the
 * newest few are kept apart, in front of all others, and settle only when others push them out.
 *
 * <p>A deflate changes nothing here: granules that it emptied are skipped, and removed, when they
 * are asked for.
 */
final class RunOrder {
  private static final int NONE = BalloonTracker.NONE;
  private static final int RECENT = 4;

  private final Granules granules;
  private final RangeTree tree;
  private final int mostRuns;
  final GranuleRuns runs = new GranuleRuns();
  final MemberList members;

  /** The newest granules, the newest first; they may have an older place among the members, too. */
  final int[] recent = new int[RECENT];

  /**
   * Creates an empty order.
   *
   * @param tree says which granules have ballooned pages
   * @param mostRuns with more runs than this the shortest are taken apart
   */
  RunOrder(Granules granules, RangeTree tree, int mostRuns) {
    this.granules = granules;
    this.tree = tree;
    this.mostRuns = mostRuns;
    this.members = new MemberList(granules.count());
    Arrays.fill(recent, NONE);
  }

  void clear() {
    Arrays.fill(recent, NONE);
    runs.clear();
    members.clear();
  }

  // --- Inflating --------------------------------------------------------------------------------

  /** Makes a granule the newest. */
  void touch(int granule) {
    int newest = recent[0];
    if (newest == granule || (newest == NONE && members.touchIfMember(granule))) {
      return;
    }
    if (members.hasPartOf(granule)) {
      settleRecent();
      settle(granule);
    } else {
      pushRecent(granule);
    }
  }

  /** Makes granules the newest, one after the other. */
  void touchAll(int lowest, int highest, boolean descending) {
    int newest = descending ? lowest : highest;
    int oldest = descending ? highest : lowest;
    if (highest - lowest >= RECENT) {
      settleRecent();
      settleRun(newest, oldest);
      return;
    }
    int step = descending ? -1 : 1;
    for (int granule = oldest; granule != newest; granule += step) {
      touch(granule);
    }
    touch(newest);
  }

  /** Moves a granule to the front of the newest; what it pushes out settles among the members. */
  private void pushRecent(int granule) {
    int moved = granule;
    for (int place = 0; place < RECENT; place++) {
      int before = recent[place];
      recent[place] = moved;
      moved = before;
      if (before == granule || before == NONE) {
        return;
      }
    }
    settle(moved);
  }

  private void settleRecent() {
    if (recent[0] == NONE) {
      return;
    }
    for (int place = RECENT - 1; place >= 0; place--) {
      int granule = recent[place];
      if (granule != NONE) {
        settle(granule);
      }
      recent[place] = NONE;
    }
  }

  /** Makes a granule the newest member, or the newest granule of the newest member. */
  private void settle(int granule) {
    if (members.hasPartOf(granule)) {
      if (!members.hasGranule(granule)) {
        takeFromRuns(granule, granule);
      }
      members.touchGranule(granule);
      limitRuns();
      return;
    }
    int newest = members.newest();
    if (!MemberList.isRun(newest) || runs.newest(newest) != granule) {
      settleRun(granule, granule);
    }
  }

  /** Makes a run of granules the newest member, or a part of it. */
  private void settleRun(int newest, int oldest) {
    int lowest = Math.min(newest, oldest);
    int highest = Math.max(newest, oldest);
    takeFromRuns(lowest, highest);
    members.removeGranules(lowest, highest);
    int before = members.newest();
    if (MemberList.isRun(before) && runs.continues(newest, oldest, before)) {
      runs.set(before, newest, runs.oldest(before));
    } else {
      add(newest, oldest, MemberList.SEAM);
    }
    joinNewest();
    limitRuns();
  }

  /** Joins the newest run with those before it as long as it goes on where they ended. */
  private void joinNewest() {
    int run = members.newest();
    int before = members.olderThan(run);
    while (MemberList.isRun(before) && runs.continues(runs.newest(run), runs.oldest(run), before)) {
      int newest = runs.newest(run);
      remove(run);
      runs.set(before, newest, runs.oldest(before));
      run = before;
      before = members.olderThan(run);
    }
  }

  // --- Members ----------------------------------------------------------------------------------

  private void add(int newest, int oldest, int newer) {
    if (runs.isFull()) {
      runs.makeRoom();
      members.makeRoom(runs.capacity());
    }
    members.insert(runs.add(newest, oldest), newer);
  }

  private void remove(int run) {
    members.removeRun(run);
    runs.remove(run);
  }

  private void takeFromRuns(int lowest, int highest) {
    int run = runs.lastUpTo(highest);
    while (run != GranuleRuns.NONE && runs.highest(run) >= lowest) {
      boolean reachesBelow = runs.lowest(run) < lowest;
      cut(run, lowest, highest);
      run = reachesBelow ? GranuleRuns.NONE : runs.lastUpTo(highest);
    }
  }

  /** Takes granules out of a run, of which up to two parts remain. */
  private void cut(int run, int lowest, int highest) {
    int newest = runs.newest(run);
    int oldest = runs.oldest(run);
    boolean newestIsTaken = newest >= lowest && newest <= highest;
    boolean oldestIsTaken = oldest >= lowest && oldest <= highest;
    boolean descending = newest < oldest;
    int lastOfNewer = descending ? lowest - 1 : highest + 1;
    int firstOfOlder = descending ? highest + 1 : lowest - 1;
    if (newestIsTaken && oldestIsTaken) {
      remove(run);
    } else if (newestIsTaken) {
      runs.set(run, firstOfOlder, oldest);
    } else {
      runs.set(run, newest, lastOfNewer);
      if (!oldestIsTaken) {
        add(firstOfOlder, oldest, run);
      }
    }
  }

  private void limitRuns() {
    while (runs.count() > mostRuns) {
      takeApart(runs.shortestBut(members.newest()));
    }
  }

  /** Makes each granule of a run a member of its own. */
  private void takeApart(int run) {
    int newest = runs.newest(run);
    int length = runs.length(run);
    int step = newest < runs.oldest(run) ? 1 : -1;
    int newer = members.newerThan(run);
    remove(run);
    for (int i = 0; i < length; i++) {
      int granule = newest + i * step;
      members.insertGranule(granule, newer);
      newer = MemberList.ofGranule(granule);
    }
  }

  // --- Questions --------------------------------------------------------------------------------

  /** Returns the newest granule with ballooned pages, or NONE. */
  int newest() {
    if (recent[0] != NONE && !isEmpty(recent[0])) {
      return recent[0];
    }
    settleRecent();
    return newestFrom(members.newest());
  }

  /** Returns the newest granule with ballooned pages that is older than one with some, or NONE. */
  int olderThan(int granule) {
    settleRecent();
    if (members.hasGranule(granule)) {
      return newestFrom(members.olderThan(MemberList.ofGranule(granule)));
    }
    int run = runs.of(granule);
    int oldest = runs.oldest(run);
    int found = NONE;
    if (granule != oldest) {
      found = firstInUse(granule < oldest ? granule + 1 : granule - 1, oldest);
    }
    return found == NONE ? newestFrom(members.olderThan(run)) : found;
  }

  /** Finds the newest granule in use from a member on, and removes what has none before it. */
  private int newestFrom(int from) {
    int member = from;
    while (member != MemberList.SEAM) {
      int older = members.olderThan(member);
      int found =
          MemberList.isGranule(member)
              ? newestOf(MemberList.granuleOf(member))
              : newestOfRun(member);
      if (found != NONE) {
        return found;
      }
      member = older;
    }
    return NONE;
  }

  private int newestOf(int granule) {
    if (isEmpty(granule)) {
      members.removeGranule(granule);
      return NONE;
    }
    return granule;
  }

  private int newestOfRun(int run) {
    int found = firstInUse(runs.newest(run), runs.oldest(run));
    if (found == NONE) {
      remove(run);
    } else {
      runs.set(run, found, runs.oldest(run));
    }
    return found;
  }

  boolean isEmpty(int granule) {
    return firstInUse(granule, granule) == NONE;
  }

  /** Finds the first granule with ballooned pages from one to another, up or down. */
  private int firstInUse(int from, int to) {
    if (from <= to) {
      long page = tree.nextIn(granules.firstPage(from));
      return page == RangeTree.NONE || page >= granules.endPage(to) ? NONE : granules.indexOf(page);
    }
    long page = tree.previousIn(granules.endPage(from) - 1);
    return page == RangeTree.NONE || page < granules.firstPage(to) ? NONE : granules.indexOf(page);
  }

  long heldBytes() {
    return HeapSize.OBJECT + HeapSize.ints(RECENT) + runs.heldBytes() + members.heldBytes();
  }
}
