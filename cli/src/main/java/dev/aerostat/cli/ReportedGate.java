package dev.aerostat.cli;

import dev.aerostat.api.Gate;

/** A gate with no device behind it, which says how it stands. */
record ReportedGate(Console console) implements Gate {
  @Override
  public void open(Runnable done) {
    console.print("the gate opens: ready for DMA\n");
    done.run();
  }

  @Override
  public void close(Runnable done) {
    console.print("the gate closes\n");
    done.run();
  }
}
