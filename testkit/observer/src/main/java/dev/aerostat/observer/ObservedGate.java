package dev.aerostat.observer;

import dev.aerostat.api.Gate;

/** Shows the observer when the gate is asked to change and when it has. */
final class ObservedGate implements Gate {
  private final Gate gate;
  private final Observer observer;

  ObservedGate(Gate gate, Observer observer) {
    this.gate = gate;
    this.observer = observer;
  }

  @Override
  public void open(Runnable done) {
    observer.gateAsked(true);
    gate.open(
        () -> {
          observer.gateDone(true);
          done.run();
        });
  }

  @Override
  public void close(Runnable done) {
    observer.gateAsked(false);
    gate.close(
        () -> {
          observer.gateDone(false);
          done.run();
        });
  }
}
