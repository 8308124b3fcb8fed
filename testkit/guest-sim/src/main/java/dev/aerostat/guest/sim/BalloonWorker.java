package dev.aerostat.guest.sim;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The driver's work, one message at a time: {@code update_balloon_size_func} and its neighbours in
 * Linux's {@code virtio_balloon.c}. It lives until the guest reboots; a worker that was {@link
 * #kill killed} lets its timers pass.
 */
final class BalloonWorker {
  /** {@code fill_balloon} sleeps "for at least 1/5 of a second" when an allocation fails. */
  private static final long RETRY_NANOS = 200_000_000;

  /** {@code vp_reset} looks once a millisecond whether the device has completed the reset. */
  private static final long RESET_POLL_NANOS = 1_000_000;

  /** VIRTIO_BALLOON_OOM_NR_PAGES: 4 KiB pages that come back when memory runs out. */
  private static final int OUT_OF_MEMORY_PAGES = 256;

  private final GuestProfile profile;
  private final KernelReserve reserve;
  private final GuestClock clock;
  private final BalloonDriver driver;
  private final GuestLedger ledger;
  private final RandomGenerator random;
  private final Pressure pressure;
  private final StallPoint stallPoint;
  private final Runnable written = this::written;
  private final Runnable awake = this::awake;
  private final Runnable resetPolled = this::pollReset;
  private GuestPages pages;
  private GuestState state = GuestState.UNLOADED;
  private Job job = Job.INFLATE;
  private boolean loading;
  private boolean removing;
  private boolean dead;

  BalloonWorker(
      GuestProfile profile,
      KernelReserve reserve,
      GuestClock clock,
      BalloonDriver driver,
      GuestLedger ledger) {
    this.profile = profile;
    this.reserve = reserve;
    this.clock = clock;
    this.driver = driver;
    this.ledger = ledger;
    this.random = new SplittableRandom(profile.seed());
    this.pressure = new Pressure(clock, random, this::wake);
    this.stallPoint = new StallPoint(profile.behaviour() == DriverBehaviour.STALLS);
    this.pages = new GuestPages(reserve, BalloonPage.SMALL, profile.cpus());
  }

  GuestState state() {
    return state;
  }

  GuestPages pages() {
    return pages;
  }

  void load() {
    loading = true;
    reset();
  }

  /** Deflates everything, then resets the device: {@code virtballoon_remove}. */
  void remove() {
    switch (state) {
      case UNLOADED, REFUSED, STALLED -> {}
      case RESETTING, IDLE, WORKING, WAITING, SLEEPING -> removing = true;
    }
    wake();
  }

  /** Resets the device and stays without a driver. */
  void reset() {
    state = GuestState.RESETTING;
    driver.reset();
    pollReset();
  }

  void kill() {
    dead = true;
  }

  private void pollReset() {
    if (dead) {
      return;
    }
    if (!driver.resetComplete()) {
      clock.after(RESET_POLL_NANOS, resetPolled);
    } else if (loading) {
      loading = false;
      probe();
    } else {
      removing = false;
      state = GuestState.UNLOADED;
    }
  }

  private void probe() {
    long hugePages = profile.balloonPage() == BalloonPage.HUGE ? 1L << profile.hugePagesBit() : 0;
    if (!driver.negotiate(profile.features(), hugePages)) {
      state = GuestState.REFUSED;
      return;
    }
    if (driver.balloonPage() != pages.page()) {
      pages = new GuestPages(reserve, driver.balloonPage(), profile.cpus());
    }
    step();
  }

  /** Something changed: a target, perhaps. Whoever is busy looks when the message is done. */
  void wake() {
    if (state == GuestState.IDLE && !dead) {
      step();
    }
  }

  private void step() {
    if (removing) {
      stepRemoval();
    } else if (!startUnderPressure()) {
      followTarget();
    }
  }

  private void stepRemoval() {
    if (pages.anyBallooned()) {
      deflate(BalloonDriver.MESSAGE_PFNS, Job.DEFLATE);
    } else {
      reset();
    }
  }

  private boolean startUnderPressure() {
    if (!pages.anyBallooned()) {
      return false;
    }
    if (pressure.takeOutOfMemory() && accepted(BalloonFeatures.DEFLATE_ON_OOM)) {
      deflate(Math.max(1, OUT_OF_MEMORY_PAGES / pages.page().pages()), Job.OUT_OF_MEMORY);
      return true;
    }
    if (pressure.takeCompaction() && pages.allocate(1) > 0) {
      start(Job.COMPACTION_INFLATE);
      return true;
    }
    return false;
  }

  private boolean accepted(long feature) {
    return (driver.features() & feature) != 0;
  }

  /** {@code towards_target}, in balloon pages, the target rounded up as Linux does. */
  private void followTarget() {
    int unit = pages.page().pages();
    long target = (driver.target() + unit - 1) / unit;
    long ballooned = driver.ballooned() / unit;
    if (stallPoint.reached(ballooned, target)) {
      state = GuestState.STALLED;
    } else if (target > ballooned) {
      inflate(Math.min(target - ballooned, stallPoint.room(ballooned)));
    } else {
      shrink(ballooned - target);
    }
  }

  private void shrink(long surplus) {
    if (profile.behaviour() == DriverBehaviour.PRESSURED && pages.anyBallooned()) {
      pressure.arm();
    }
    if (surplus == 0) {
      state = GuestState.IDLE;
    } else {
      deflate(surplus, Job.DEFLATE);
    }
  }

  private void inflate(long missing) {
    int wanted = (int) Math.min(missing, BalloonDriver.MESSAGE_PFNS);
    if (pages.allocate(wanted) == wanted) {
      start(Job.INFLATE);
      return;
    }
    ledger.allocationFailed();
    state = GuestState.SLEEPING;
    clock.after(RETRY_NANOS, awake);
  }

  /** As {@code fill_balloon}: sends what it got before it fell asleep, if anything. */
  private void awake() {
    if (dead) {
      return;
    }
    if (pages.messagePages() > 0) {
      start(Job.INFLATE);
    } else {
      driver.writeActual();
      step();
    }
  }

  private void deflate(long surplus, Job why) {
    pages.takeBack((int) Math.min(surplus, BalloonDriver.MESSAGE_PFNS));
    start(why);
  }

  private void start(Job next) {
    job = next;
    state = GuestState.WORKING;
    clock.after(profile.costs().of(next.queue(), pages.page(), pages.messagePages()), written);
  }

  private void written() {
    if (dead) {
      return;
    }
    switch (job.queue()) {
      case INFLATE -> pages.nameInflate(driver);
      case DEFLATE -> pages.nameDeflate(driver);
    }
    state = GuestState.WAITING;
    driver.send(job.queue());
  }

  /** A used ring may have something. A queue with nothing in flight is looked at all the same. */
  void queueInterrupt(int index) {
    boolean running = state != GuestState.UNLOADED && state != GuestState.RESETTING;
    if (running && index == BalloonQueue.INFLATE.index()) {
      complete(BalloonQueue.INFLATE);
    } else if (running && index == BalloonQueue.DEFLATE.index()) {
      complete(BalloonQueue.DEFLATE);
    }
  }

  private void complete(BalloonQueue queue) {
    if (driver.complete(queue)) {
      acknowledged();
    }
  }

  private void acknowledged() {
    ledger.acknowledged(job, pages.inFlightPages());
    switch (job.queue()) {
      case INFLATE -> pages.inflated();
      case DEFLATE -> pages.deflated();
    }
    if (job.tellsActual()) {
      driver.writeActual();
    }
    if (job == Job.COMPACTION_INFLATE) {
      pages.takeBackOld(random);
      start(Job.COMPACTION_DEFLATE);
    } else {
      step();
    }
  }
}
