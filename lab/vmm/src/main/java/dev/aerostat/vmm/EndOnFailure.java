package dev.aerostat.vmm;

import dev.aerostat.engine.EngineListener;
import dev.aerostat.vmm.bus.GuestEnd;
import java.util.function.Consumer;

/** Ends the run if the engine fails: the guest would go on without its device, and wait for it. */
record EndOnFailure(Consumer<GuestEnd> ends) implements EngineListener {
  @Override
  public void failed(Throwable cause) {
    ends.accept(new GuestEnd(GuestEnd.Kind.FAILURE, "the engine has failed: " + cause));
  }
}
