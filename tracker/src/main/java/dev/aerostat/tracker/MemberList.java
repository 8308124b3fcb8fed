package dev.aerostat.tracker;

/**
 * The members of an order of inflation, the newest first, in links between their numbers. A member
 * is a run of granules or a granule that is in none. Runs have the numbers from 1; granules follow
 * in parts of 512, for which there are links as soon as one of them is a member.
 */
final class MemberList {
  /** Between the oldest and the newest, and what an empty list is linked to. */
  static final int SEAM = 0;

  private static final int SHIFT = 9;
  private static final int MASK = (1 << SHIFT) - 1;
  private static final int FIRST_GRANULE = 1 << SHIFT;

  private final int granules;

  /** By part, at twice a member: the next older one; after it: the next newer one. */
  private int[][] links = {{SEAM, SEAM}};

  private int granuleParts;

  MemberList(int granules) {
    this.granules = granules;
  }

  static int ofGranule(int granule) {
    return granule + FIRST_GRANULE;
  }

  static int granuleOf(int member) {
    return member - FIRST_GRANULE;
  }

  static boolean isGranule(int member) {
    return member >= FIRST_GRANULE;
  }

  static boolean isRun(int member) {
    return member > SEAM && member < FIRST_GRANULE;
  }

  /** Makes room for runs up to a number. */
  void makeRoom(int runs) {
    int[] wider = new int[2 * (runs + 1)];
    System.arraycopy(links[0], 0, wider, 0, links[0].length);
    links[0] = wider;
  }

  void clear() {
    links[0][0] = SEAM;
    links[0][1] = SEAM;
    if (granuleParts > 0) {
      links = new int[][] {links[0]};
      granuleParts = 0;
    }
  }

  int newest() {
    return links[0][0];
  }

  int olderThan(int member) {
    return links[member >>> SHIFT][(member & MASK) << 1];
  }

  int newerThan(int member) {
    return links[member >>> SHIFT][((member & MASK) << 1) + 1];
  }

  /** Returns whether there are links for a granule, whether it is a member or not. */
  boolean hasPartOf(int granule) {
    return granuleParts > 0 && links[ofGranule(granule) >>> SHIFT] != null;
  }

  /** Returns whether a granule is a member of its own. */
  boolean hasGranule(int granule) {
    int member = ofGranule(granule);
    return hasPartOf(granule) && olderThan(member) != member;
  }

  /** Puts a member that is not in the list after another, which is newer. */
  void insert(int member, int newer) {
    int older = olderThan(newer);
    link(newer, member);
    link(member, older);
  }

  /** Makes a granule a member of its own that is in no run. */
  void insertGranule(int granule, int newer) {
    if (!hasPartOf(granule)) {
      makePartOf(granule);
    }
    insert(ofGranule(granule), newer);
  }

  /**
   * Makes a granule the newest member if it is one. The common case in one step, as others cost.
   */
  boolean touchIfMember(int granule) {
    if (granuleParts == 0) {
      return false;
    }
    int member = ofGranule(granule);
    int[] part = links[member >>> SHIFT];
    int place = (member & MASK) << 1;
    if (part == null || part[place] == member) {
      return false;
    }
    int newest = links[0][0];
    if (newest != member) {
      link(part[place + 1], part[place]);
      link(SEAM, member);
      part[place] = newest;
      links[newest >>> SHIFT][((newest & MASK) << 1) + 1] = member;
    }
    return true;
  }

  /** Makes a granule the newest member; it has links and is in no run. */
  void touchGranule(int granule) {
    int member = ofGranule(granule);
    if (member != newest()) {
      unlink(member);
      insert(member, SEAM);
    }
  }

  void removeRun(int run) {
    unlink(run);
  }

  void removeGranule(int granule) {
    int member = ofGranule(granule);
    unlink(member);
    link(member, member);
  }

  /** Removes those of some granules that are members of their own. */
  void removeGranules(int lowest, int highest) {
    if (granuleParts == 0) {
      return;
    }
    for (int granule = lowest; granule <= highest; granule++) {
      if (hasGranule(granule)) {
        removeGranule(granule);
      }
    }
  }

  /** Links the neighbours of a member; a granule that is in no list is its own. */
  private void unlink(int member) {
    link(newerThan(member), olderThan(member));
  }

  private void link(int newer, int older) {
    links[newer >>> SHIFT][(newer & MASK) << 1] = older;
    links[older >>> SHIFT][((older & MASK) << 1) + 1] = newer;
  }

  private void makePartOf(int granule) {
    if (granuleParts == 0) {
      int[] runs = links[0];
      links = new int[(ofGranule(granules - 1) >>> SHIFT) + 1][];
      links[0] = runs;
    }
    int part = ofGranule(granule) >>> SHIFT;
    int first = part << SHIFT;
    int end = Math.min(first + FIRST_GRANULE, ofGranule(granules));
    links[part] = new int[2 * (end - first)];
    for (int member = first; member < end; member++) {
      link(member, member);
    }
    granuleParts++;
  }

  long heldBytes() {
    return HeapSize.OBJECT
        + HeapSize.references(links.length)
        + HeapSize.ints(links[0].length)
        + granuleParts * HeapSize.ints(2L * Math.min(granules, FIRST_GRANULE));
  }
}
