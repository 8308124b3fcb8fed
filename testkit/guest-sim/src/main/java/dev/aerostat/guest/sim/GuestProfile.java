package dev.aerostat.guest.sim;

/**
 * What kind of guest to simulate. Immutable.
 *
 * @param behaviour how its balloon driver behaves
 * @param balloonPage what it would balloon at a time; {@link BalloonPage#HUGE} takes effect only if
 *     the device offers the private bit
 * @param cpus how many CPUs free the guest's memory to its allocator at boot, 1 to 1024: with
 *     several the blocks that the balloon is given are interleaved
 * @param seed decides everything that is random
 * @param features what the driver accepts of what is offered, as in {@link BalloonFeatures}; the
 *     private bit is not a part of it
 * @param hugePagesBit number of the private feature bit for 2 MiB balloon pages, 50 to 63
 * @param costs what a message costs the guest
 */
public record GuestProfile(
    DriverBehaviour behaviour,
    BalloonPage balloonPage,
    int cpus,
    long seed,
    long features,
    int hugePagesBit,
    GuestCosts costs) {
  /**
   * Checks the profile.
   *
   * @throws IllegalArgumentException if the number of CPUs or of the private bit is out of range
   */
  public GuestProfile {
    if (cpus < 1 || cpus > 1024) {
      throw new IllegalArgumentException("a guest of %d CPUs: expected 1 to 1024".formatted(cpus));
    }
    if (hugePagesBit < 50 || hugePagesBit > 63) {
      throw new IllegalArgumentException(
          "private feature bit %d: expected 50 to 63".formatted(hugePagesBit));
    }
  }

  /**
   * Returns the profile of a guest with one CPU, seed 0, 4 KiB pages and Linux's features and
   * costs.
   *
   * @param behaviour how its balloon driver behaves
   * @return the profile
   */
  public static GuestProfile of(DriverBehaviour behaviour) {
    return new GuestProfile(
        behaviour,
        BalloonPage.SMALL,
        1,
        0,
        BalloonFeatures.LINUX,
        BalloonFeatures.HUGE_PAGES_BIT,
        GuestCosts.HYPERALLOC);
  }

  /**
   * Returns the profile of {@link DriverBehaviour#LINUX}.
   *
   * @return as {@link #of}
   */
  public static GuestProfile linux() {
    return of(DriverBehaviour.LINUX);
  }

  /**
   * Returns the profile of {@link DriverBehaviour#STALLS}.
   *
   * @return as {@link #of}
   */
  public static GuestProfile stalls() {
    return of(DriverBehaviour.STALLS);
  }

  /**
   * Returns the profile of {@link DriverBehaviour#PRESSURED}.
   *
   * @return as {@link #of}
   */
  public static GuestProfile pressured() {
    return of(DriverBehaviour.PRESSURED);
  }

  /**
   * Changes what is ballooned at a time.
   *
   * @param page the new size
   * @return a new profile
   */
  public GuestProfile withBalloonPage(BalloonPage page) {
    return new GuestProfile(behaviour, page, cpus, seed, features, hugePagesBit, costs);
  }

  /**
   * Changes the number of CPUs.
   *
   * @param count 1 to 1024
   * @return a new profile
   * @throws IllegalArgumentException if the count is out of range
   */
  public GuestProfile withCpus(int count) {
    return new GuestProfile(behaviour, balloonPage, count, seed, features, hugePagesBit, costs);
  }

  /**
   * Changes the seed.
   *
   * @param newSeed any number
   * @return a new profile
   */
  public GuestProfile withSeed(long newSeed) {
    return new GuestProfile(behaviour, balloonPage, cpus, newSeed, features, hugePagesBit, costs);
  }

  /**
   * Changes the features that the driver accepts.
   *
   * @param accepted as in {@link BalloonFeatures}
   * @return a new profile
   */
  public GuestProfile withFeatures(long accepted) {
    return new GuestProfile(behaviour, balloonPage, cpus, seed, accepted, hugePagesBit, costs);
  }

  /**
   * Changes the costs.
   *
   * @param newCosts the new costs
   * @return a new profile
   */
  public GuestProfile withCosts(GuestCosts newCosts) {
    return new GuestProfile(behaviour, balloonPage, cpus, seed, features, hugePagesBit, newCosts);
  }
}
