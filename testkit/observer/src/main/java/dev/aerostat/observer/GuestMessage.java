package dev.aerostat.observer;

import org.jspecify.annotations.Nullable;

/** A message that the guest made available. Reused once it was returned. */
final class GuestMessage {
  final PageRuns runs = new PageRuns();
  int head;
  long number;
  long availableAt;

  /** Another message of the same head, offered later: only a broken driver does that. */
  @Nullable GuestMessage next;
}
