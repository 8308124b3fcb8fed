package dev.aerostat.engine.core;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.HostRefusedException;

/** Carries out no command; a test overrides those that it asks about. */
class IdleCommands implements EngineCommands {
  @Override
  public void populate(int granule, long firstPage, long endPage) {}

  @Override
  public void map(int granule) {}

  @Override
  public void remap(int granule) {}

  @Override
  public void acknowledge(int token) {}

  @Override
  public void unmapAll() {}

  @Override
  public void readDevice() {}

  @Override
  public void setTarget(long pages) {}

  @Override
  public void openGate() {}

  @Override
  public void closeGate() {}

  @Override
  public void completeReset() {}

  @Override
  public void completeStop() {}

  @Override
  public void startTimer(int id, long nanos) {}

  @Override
  public void dmaWanted(EarlyDmaPolicy policy) {}

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {}

  @Override
  public void closed() {}
}
