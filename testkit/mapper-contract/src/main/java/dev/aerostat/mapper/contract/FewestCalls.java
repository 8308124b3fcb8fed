package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a sequence of calls that fails shorter, for as long as it still fails. */
final class FewestCalls {
  private final Player player;
  private List<ModelledCall> calls;
  private BrokenClauseError broken;

  /**
   * Starts from a sequence.
   *
   * @param player makes calls on a mapper of their own
   * @param calls that fail
   * @param broken what was broken by them
   */
  FewestCalls(Player player, List<ModelledCall> calls, BrokenClauseError broken) {
    this.player = player;
    this.calls = calls;
    this.broken = broken;
  }

  /** Returns what the calls that are left break, which names them. */
  BrokenClauseError find() throws HostRefusedException {
    int before;
    do { // What is left out may have been all that an earlier call was needed for.
      before = calls.size();
      leaveOut();
    } while (calls.size() < before);
    shorten();
    return broken;
  }

  /** Leaves calls out: half of them, a quarter, and so on to single ones. */
  private void leaveOut() throws HostRefusedException {
    for (int size = Math.max(1, calls.size() / 2); size > 0; size /= 2) {
      for (int from = 0; from < calls.size(); ) {
        List<ModelledCall> fewer = new ArrayList<>(calls.subList(0, from));
        fewer.addAll(calls.subList(Math.min(calls.size(), from + size), calls.size()));
        if (!stillFail(fewer)) {
          from += size;
        }
      }
    }
  }

  /** Lets each call be of one page. */
  private void shorten() throws HostRefusedException {
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).pages() > 1) {
        List<ModelledCall> shorter = new ArrayList<>(calls);
        shorter.set(i, calls.get(i).ofOnePage());
        boolean _ = stillFail(shorter);
      }
    }
  }

  private boolean stillFail(List<ModelledCall> fewer) throws HostRefusedException {
    Optional<BrokenClauseError> still = player.play(fewer);
    if (still.isPresent()) {
      calls = fewer;
      broken = still.get();
    }
    return still.isPresent();
  }

  /** Makes calls. */
  interface Player {
    /** Returns what was broken by the last call that was made, if anything was. */
    Optional<BrokenClauseError> play(List<ModelledCall> calls) throws HostRefusedException;
  }
}
