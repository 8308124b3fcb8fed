package dev.aerostat.engine.core;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.HostRefusedException;

/** Commands passed on as they are: what a saboteur starts from. */
class ForwardingCommands implements EngineCommands {
  final EngineHarness harness;

  ForwardingCommands(EngineHarness harness) {
    this.harness = harness;
  }

  @Override
  public void populate(int granule, long firstPage, long endPage) {
    harness.populate(granule, firstPage, endPage);
  }

  @Override
  public void map(int granule) {
    harness.map(granule);
  }

  @Override
  public void remap(int granule) {
    harness.remap(granule);
  }

  @Override
  public void unmapAll() {
    harness.unmapAll();
  }

  @Override
  public void acknowledge(int token) {
    harness.acknowledge(token);
  }

  @Override
  public void deflateWaits(int token, long pages) {
    harness.deflateWaits(token, pages);
  }

  @Override
  public void deflateWaited(int token) {
    harness.deflateWaited(token);
  }

  @Override
  public void readDevice() {
    harness.readDevice();
  }

  @Override
  public void setTarget(long pages) {
    harness.setTarget(pages);
  }

  @Override
  public boolean answerPlug(boolean acknowledged) {
    return harness.answerPlug(acknowledged);
  }

  @Override
  public void setRequested(long pages) {
    harness.setRequested(pages);
  }

  @Override
  public void openGate() {
    harness.openGate();
  }

  @Override
  public void closeGate() {
    harness.closeGate();
  }

  @Override
  public void completeReset() {
    harness.completeReset();
  }

  @Override
  public void completeStop() {
    harness.completeStop();
  }

  @Override
  public void startTimer(int id, long nanos) {
    harness.startTimer(id, nanos);
  }

  @Override
  public void dmaWanted(EarlyDmaPolicy policy) {
    harness.dmaWanted(policy);
  }

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    harness.refused(refusal, attempt, retryNanos);
  }

  @Override
  public void closed() {
    harness.closed();
  }
}
