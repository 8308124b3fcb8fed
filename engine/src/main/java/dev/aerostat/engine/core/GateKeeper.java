package dev.aerostat.engine.core;

import java.util.Locale;

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

  /** Returns whether the VMM has opened the gate and was not told to close it since. */
  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  /** Returns whether no DMA can happen. While the gate opens or closes, some may. */
  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  /** Returns whether the gate is closed, or will be without another decision of the engine's. */
  boolean isClosedOrClosing() {
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

  /** Returns the phase, as it is named in a message. */
  @Override
  public String toString() {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  private void require(Phase expected) {
    if (phase != expected) {
      throw new IllegalStateException(
          "the gate is %s, so it cannot have completed %s".formatted(phase, expected));
    }
  }
}
