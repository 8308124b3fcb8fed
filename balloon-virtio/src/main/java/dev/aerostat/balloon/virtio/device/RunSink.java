package dev.aerostat.balloon.virtio.device;

/** Is told the runs of a message. */
interface RunSink {
  void run(BalloonEvents events, long firstPage, long endPage, boolean descending);

  /** With 2 MiB pages: a PFN that names no balloon page. No run is pending. */
  void badHugePage(BalloonEvents events, long pfn);
}
