package dev.aerostat.engine.core;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.HostRefusedException;

/**
 * Commands that nobody carries out. What carries out a few of them overrides those, and answers
 * them.
 */
public interface IdleCommands extends EngineCommands {
  @Override
  default void populate(int granule, long firstPage, long endPage) {}

  @Override
  default void map(int granule) {}

  @Override
  default void remap(int granule) {}

  @Override
  default void acknowledge(int token) {}

  @Override
  default void unmapAll() {}

  @Override
  default void readDevice() {}

  @Override
  default void setTarget(long pages) {}

  @Override
  default void openGate() {}

  @Override
  default void closeGate() {}

  @Override
  default void completeReset() {}

  @Override
  default void completeStop() {}

  @Override
  default void startTimer(int id, long nanos) {}

  @Override
  default void dmaWanted(EarlyDmaPolicy policy) {}

  @Override
  default void refused(HostRefusedException refusal, int attempt, long retryNanos) {}

  @Override
  default void closed() {}
}
