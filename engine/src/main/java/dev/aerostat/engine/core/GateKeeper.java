package dev.aerostat.engine.core;

/** The gate's phases, and at most one change of it under way. */
final class GateKeeper {
  private enum Phase {
    CLOSED,
    OPENING,
    OPEN,
    CLOSING
  }

  private final EngineCommands commands;
  private Phase phase = Phase.CLOSED;
  private boolean closeWanted;

  GateKeeper(EngineCommands commands) {
    this.commands = commands;
  }

  /** Says whether DMA may happen now, or soon without another decision of ours. */
  boolean isOpen() {
    return phase != Phase.CLOSED;
  }

  /** Says whether the VMM has said that the gate is open, and was not told to close it. */
  boolean isReady() {
    return phase == Phase.OPEN;
  }

  /** Says whether no DMA can happen. */
  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  /** Says whether only another {@code openGate} can let DMA happen. */
  boolean isShut() {
    return phase == Phase.CLOSED || phase == Phase.CLOSING;
  }

  void wantClosed() {
    closeWanted |= phase == Phase.OPENING || phase == Phase.OPEN;
  }

  void opened() {
    require(Phase.OPENING);
    phase = Phase.OPEN;
  }

  void closed() {
    require(Phase.CLOSING);
    phase = Phase.CLOSED;
  }

  /** Opens or closes, as far as nothing is under way. */
  void consider(boolean mayOpen) {
    if (phase == Phase.OPEN && closeWanted) {
      closeWanted = false;
      phase = Phase.CLOSING;
      commands.closeGate();
    } else if (phase == Phase.CLOSED && mayOpen) {
      phase = Phase.OPENING;
      commands.openGate();
    }
  }

  private void require(Phase expected) {
    if (phase != expected) {
      throw new IllegalStateException(
          "the gate is %s, so it cannot have completed %s".formatted(phase, expected));
    }
  }
}
