package dev.aerostat.vhost.user;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.mapper.sim.SimulatedHost;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.virtio.VirtioDevice;

/** The engine as a VMM has it: nobody observes. The mapper takes no time. */
final class PlainBalloon implements HostedBalloon {
  private final AsyncDmaMap dma;
  private final boolean lendsItsThread;

  PlainBalloon(
      GuestMemory memory,
      GuestInterrupts frontEnd,
      BalloonSettings settings,
      boolean lendsItsThread) {
    this.lendsItsThread = lendsItsThread;
    var mapper = SimulatedMapper.open(SimulatedHost.typical(), MapperRequest.of(memory));
    dma =
        AsyncDmaMap.builder(memory, mapper, new InstantGate())
            .device(settings)
            .interrupts(new Interrupts(frontEnd))
            .build();
    dma.start();
  }

  AsyncDmaMap dma() {
    return dma;
  }

  @Override
  public VirtioDevice device() {
    return dma.device();
  }

  @Override
  public void kicked(int queue) {
    if (lendsItsThread) {
      dma.notifyQueue(queue);
    } else {
      device().notifyQueue(queue);
    }
  }

  @Override
  public void close() {
    dma.close();
  }

  private record Interrupts(GuestInterrupts frontEnd) implements DeviceInterrupts {
    @Override
    public void queue(int queue) {
      frontEnd.interruptQueue(queue);
    }

    @Override
    public void config() {
      frontEnd.interruptConfig();
    }
  }

  private static final class InstantGate implements Gate {
    @Override
    public void open(Runnable done) {
      done.run();
    }

    @Override
    public void close(Runnable done) {
      done.run();
    }
  }
}
