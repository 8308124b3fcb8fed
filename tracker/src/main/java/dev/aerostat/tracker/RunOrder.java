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
   * @param tree where the ballooned pages are
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
    if (recent[1] == granule) {
      recent[1] = newest;
      recent[0] = granule;
    } else if (members.hasPartOf(granule)) {
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
      if (!members.hasGranule(granule) && runs.of(granule) != GranuleRuns.NONE) {
        takeFromRuns(granule, granule);
        limitRuns();
      }
      members.touchGranule(granule);
      return;
    }
    int newest = members.newest();
    if (runs.grow(newest, granule)) {
      return;
    }
    if (!MemberList.isRun(newest) || runs.newest(newest) != granule) {
      settleRun(granule, granule);
    }
  }

  /** Makes a run of granules the newest member, or a part of it. */
  private void settleRun(int newest, int oldest) {
    int lowest = Math.min(newest, oldest);
    int highest = Math.max(newest, oldest);
    boolean cut = runs.intersect(lowest, highest);
    if (cut) {
      takeFromRuns(lowest, highest);
    }
    members.removeGranules(lowest, highest);
    int newestRun = members.newest();
    if (!MemberList.isRun(newestRun) || !runs.extend(newestRun, newest, oldest)) {
      add(newest, oldest, 1, MemberList.SEAM);
    }
    int before = members.olderThan(joinOlder(members.newest()));
    // A message that begins with the last granule of the one before makes that shorter: as long as
    // the one before it, perhaps.
    if (cut && MemberList.isRun(before)) {
      joinOlder(before);
    }
    limitRuns();
    int run = members.newest();
    int older = members.olderThan(run);
    runs.findRoom(run, MemberList.isRun(older) ? older : GranuleRuns.NONE);
  }

  /** Joins a run with older ones as far as one run can be all of them, which it returns. */
  private int joinOlder(int newer) {
    int run = newer;
    int older = members.olderThan(run);
    while (MemberList.isRun(older) && runs.append(run, older)) {
      members.removeRun(run);
      run = older;
      older = members.olderThan(run);
    }
    return run;
  }

  // --- Members ----------------------------------------------------------------------------------

  private void add(int newerEnd, int olderEnd, int block, int newer) {
    if (runs.isFull()) {
      runs.makeRoom();
      members.makeRoom(runs.capacity());
    }
    members.insert(runs.add(newerEnd, olderEnd, block), newer);
  }

  private void remove(int run) {
    members.removeRun(run);
    runs.remove(run);
  }

  private void takeFromRuns(int lowest, int highest) {
    setApartBlockOf(lowest);
    setApartBlockOf(highest);
    int run = runs.lastUpTo(highest);
    while (run != GranuleRuns.NONE && runs.highest(run) >= lowest) {
      boolean reachesBelow = runs.lowest(run) < lowest;
      cut(run, lowest, highest);
      run = reachesBelow ? GranuleRuns.NONE : runs.lastUpTo(highest);
    }
  }

  /** Makes the block that has a granule a plain run, unless it is in one or in none. */
  private void setApartBlockOf(int granule) {
    int run = runs.of(granule);
    if (run == GranuleRuns.NONE || runs.block(run) == 1) {
      return;
    }
    int block = runs.block(run);
    int newerEnd = runs.newerEnd(run);
    int olderEnd = runs.olderEnd(run);
    int newest = runs.newestOfBlock(run, granule);
    int oldest = runs.oldestOfBlock(run, granule);
    int step = Integer.signum(oldest - newest);
    runs.set(run, newest, oldest, 1);
    if (oldest != newerEnd) {
      add(newerEnd, oldest + step, block, members.newerThan(run));
    }
    if (newest != olderEnd) {
      add(newest - step, olderEnd, block, run);
    }
  }

  /** Takes granules out of a plain run, of which up to two parts remain, or removes one of them. */
  private void cut(int run, int lowest, int highest) {
    int newest = runs.newerEnd(run);
    int oldest = runs.olderEnd(run);
    boolean newestIsTaken = newest >= lowest && newest <= highest;
    boolean oldestIsTaken = oldest >= lowest && oldest <= highest;
    boolean descending = newest < oldest;
    int lastOfNewer = descending ? lowest - 1 : highest + 1;
    int firstOfOlder = descending ? highest + 1 : lowest - 1;
    if (newestIsTaken && oldestIsTaken) {
      remove(run);
    } else if (newestIsTaken) {
      runs.set(run, firstOfOlder, oldest, 1);
    } else {
      runs.set(run, newest, lastOfNewer, 1);
      if (!oldestIsTaken) {
        add(firstOfOlder, oldest, 1, run);
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
    int oldest = runs.oldest(run);
    int after = run;
    for (int granule = runs.newest(run);
        granule != oldest;
        granule = runs.olderThan(run, granule)) {
      members.insertGranule(granule, after);
      after = MemberList.ofGranule(granule);
    }
    members.insertGranule(oldest, after);
    remove(run);
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
    int found = granule == runs.oldest(run) ? NONE : newestOfRun(run, runs.olderThan(run, granule));
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

  /** Finds the newest granule in use of a run, which then has no newer blocks. */
  private int newestOfRun(int run) {
    int found = newestOfRun(run, runs.newest(run));
    if (found == NONE) {
      remove(run);
    } else {
      runs.set(run, runs.oldestOfBlock(run, found), runs.olderEnd(run), runs.block(run));
    }
    return found;
  }

  /** Finds the newest granule in use of a run from one of its granules on. */
  private int newestOfRun(int run, int from) {
    int end = runs.oldestOfBlock(run, from);
    int found = firstInUse(from, end);
    int older = runs.newestOfBlock(run, from);
    if (found != NONE || older == runs.olderEnd(run)) {
      return found;
    }
    int next = firstInUse(older + Integer.signum(runs.olderEnd(run) - older), runs.olderEnd(run));
    return next == NONE ? NONE : firstInUse(runs.newestOfBlock(run, next), next);
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
