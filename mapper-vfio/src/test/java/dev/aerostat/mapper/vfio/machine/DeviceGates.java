package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.api.CompositeGate;
import dev.aerostat.api.Gate;
import dev.aerostat.mapper.vfio.BusMasterGate;
import dev.aerostat.mapper.vfio.VfioDevice;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The gates of all devices as one, with a hook at the moment of opening. */
final class DeviceGates implements Gate {
  private static final int MEMORY_AND_BUS_MASTER = 1 << 1 | 1 << 2;

  private final AtomicInteger earlyWishes = new AtomicInteger();
  private final List<BusMasterGate> gates;
  private final CompositeGate together;
  private final Runnable opening;
  private Runnable dmaWanted = () -> {};

  DeviceGates(List<VfioDevice> devices, Runnable opening) {
    this.gates = devices.stream().map(device -> new BusMasterGate(device, this::wish)).toList();
    this.together = CompositeGate.of(gates);
    this.opening = opening;
  }

  void guestAsksForBusMastering(Runnable engineHears) {
    dmaWanted = engineHears;
    gates.forEach(gate -> gate.guestWrites(MEMORY_AND_BUS_MASTER));
  }

  int earlyWishes() {
    return earlyWishes.get();
  }

  private void wish() {
    int _ = earlyWishes.incrementAndGet();
    dmaWanted.run();
  }

  @Override
  public void open(Runnable done) {
    opening.run();
    together.open(done);
  }

  @Override
  public void close(Runnable done) {
    together.close(done);
  }
}
