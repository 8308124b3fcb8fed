package dev.aerostat.balloon.virtio;

/** Is told what the guest got wrong. */
interface MistakeSink {
  void report(GuestMistake mistake);
}
