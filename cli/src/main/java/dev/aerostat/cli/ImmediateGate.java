package dev.aerostat.cli;

import dev.aerostat.api.Gate;

/** A gate without a device that could do DMA: it moves at once. */
record ImmediateGate() implements Gate {
  @Override
  public void open(Runnable done) {
    done.run();
  }

  @Override
  public void close(Runnable done) {
    done.run();
  }
}
