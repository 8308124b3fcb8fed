package dev.aerostat.bench;

import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.core.IdleCommands;
import java.util.ArrayDeque;
import java.util.function.IntConsumer;

/**
 * A host that maps at once whatever it is asked to, and gives each acknowledgement to the device.
 */
final class MappedHost implements IdleCommands {
  private final IntConsumer acknowledge;
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();

  @SuppressWarnings("NullAway.Init") // Nothing is asked of a host before it starts.
  private EngineCore core;

  MappedHost(IntConsumer acknowledge) {
    this.acknowledge = acknowledge;
  }

  /** Maps all of memory and opens the gate. */
  void start(EngineCore engine) {
    core = engine;
    core.start();
    while (!work.isEmpty()) {
      work.remove().run();
    }
  }

  @Override
  public void populate(int granule, long firstPage, long endPage) {
    work.add(() -> core.populated(granule));
  }

  @Override
  public void map(int granule) {
    work.add(() -> core.mapped(granule));
  }

  @Override
  public void remap(int granule) {
    map(granule);
  }

  @Override
  public void openGate() {
    work.add(core::gateOpened);
  }

  @Override
  public void acknowledge(int token) {
    acknowledge.accept(token);
  }
}
