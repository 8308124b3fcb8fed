package dev.aerostat.balloon.virtio.device;

import dev.aerostat.balloon.virtio.BalloonSettings;

/** What a PFN stands for, as negotiated: how many 4 KiB pages, and whether neighbours merge. */
record PfnMeaning(int pagesPerPfn, boolean merge) {
  /** Pages in a balloon page of 2 MiB. */
  static final int HUGE = 512;

  static PfnMeaning negotiated(long features, BalloonSettings settings) {
    boolean huge = ((features >>> settings.hugePageFeatureBit()) & 1) != 0;
    return new PfnMeaning(huge ? HUGE : 1, settings.mergePages());
  }
}
