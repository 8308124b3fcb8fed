package dev.aerostat.vfio.user;

import dev.aerostat.api.Gate;
import dev.aerostat.mapper.vfio.BusMasterGate;
import dev.aerostat.mapper.vfio.RelayedInterrupt;
import dev.aerostat.mapper.vfio.RelayedRegion;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * A VFIO device of this host, relayed to a VMM. BARs are mapped by the VMM itself, and interrupts
 * go by its own eventfds; the config space is relayed, so that the bus-master bit is behind a gate.
 *
 * <p>The device's ROM is hidden. The VMM is given the device's file with its BARs: it could reach
 * the config space by it, past the gate. It is as trusted as with a device of its own.
 *
 * <p>Used by the thread that serves; its gate by any.
 */
public final class RelayedDevice implements ServedDevice {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.vfio.user");
  private static final int ROM_REGION = 6;
  private static final int INFO_BYTES = 32;
  private static final int RESETTABLE = 1;

  private final VfioDevice device;
  private final VfioRelay relay;
  private final TrackedGate gate;
  private final RelayedConfigSpace config;
  private final EarlyDmaAnswer early;

  /**
   * Takes a device over, and its bus-master bit away.
   *
   * @param device the device
   * @param early decides what becomes of a guest that asks too early
   * @throws IllegalStateException if the mapper of the device is closed
   */
  public RelayedDevice(VfioDevice device, EarlyDmaAnswer early) {
    var busMaster = new BusMasterGate(device);
    this.device = device;
    this.relay = device.relay();
    this.gate = new TrackedGate(busMaster);
    this.config = new RelayedConfigSpace(relay, busMaster);
    this.early = early;
  }

  /**
   * Returns what keeps the device from DMA.
   *
   * @return the gate for the engine that maps for the device
   */
  public Gate gate() {
    return gate;
  }

  /** A VMM may rely on a reset (cloud-hypervisor asks for none if it could). */
  @Override
  public void connected() throws IOException {
    if (resettable()) {
      device.reset();
    }
  }

  @Override
  public boolean resettable() throws IOException {
    return ask(() -> (relay.flags() & RESETTABLE) != 0);
  }

  @Override
  public DeviceRegion region(int index) throws IOException {
    int count = ask(relay::regionCount);
    if (index >= count || index > CONFIG_REGION || index == ROM_REGION) {
      return DeviceRegion.of(index, 0, 0);
    }
    RelayedRegion region = ask(() -> relay.region(index));
    int flags = index == CONFIG_REGION ? region.flags() & ~DeviceRegion.MMAP : region.flags();
    return new DeviceRegion(
        index, flags & DeviceRegion.ACCESS, region.bytes(), region.offset(), capabilities(region));
  }

  /** They point at each other by offsets from the structure, which this server has 32 bytes of. */
  private static byte[] capabilities(RelayedRegion region) {
    int skipped = Math.max(0, region.capabilityOffset() - INFO_BYTES);
    if (skipped != 0) {
      return new byte[0];
    }
    byte[] bytes = new byte[region.capabilities().size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = region.capabilities().get(i);
    }
    return bytes;
  }

  @Override
  public PassedFile openFile(int index) throws IOException {
    long copy = ask(() -> relay.lend(PassedFile::duplicate));
    return PassedFile.ofAnswer(copy);
  }

  @Override
  public DeviceInterrupts interrupts(int index) {
    try {
      RelayedInterrupt its = relay.interrupt(index);
      return new DeviceInterrupts(index, its.flags(), its.count());
    } catch (IOException | IllegalStateException noneOrGone) {
      return new DeviceInterrupts(index, 0, 0);
    }
  }

  @Override
  public void setInterrupts(InterruptRequest request) throws IOException {
    if (request.disables() && interrupts(request.index()).count() == 0) {
      return; // Nothing to switch off: QEMU asks for it at each reset.
    }
    try {
      relay.setInterrupts(
          new dev.aerostat.mapper.vfio.InterruptRequest(
              request.flags(),
              request.index(),
              request.start(),
              request.count(),
              request.eventfds().stream().map(PassedFile::number).toList(),
              request.bools()));
    } catch (IllegalArgumentException | IllegalStateException impossible) {
      throw new IOException(impossible.getMessage(), impossible);
    } catch (IOException refused) {
      if (!request.disables()) {
        throw refused;
      }
      LOG.log(Level.DEBUG, "interrupts that are off already", refused);
    }
    request.eventfds().forEach(PassedFile::close); // The kernel has its own hold on them.
  }

  @Override
  public void read(int region, long offset, MemorySegment into) throws IOException {
    if (region == CONFIG_REGION) {
      order(() -> config.read(offset, into));
    } else {
      order(() -> relay.read(region, offset, into));
    }
  }

  @Override
  public CompletableFuture<Void> write(int region, long offset, MemorySegment from)
      throws IOException {
    if (region != CONFIG_REGION) {
      order(() -> relay.write(region, offset, from));
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> opens = gate.whenOpen();
    boolean asks = ask(() -> config.write(offset, from));
    return asks && !opens.isDone() ? early.asked(opens) : CompletableFuture.completedFuture(null);
  }

  @Override
  public void reset() throws IOException {
    order(() -> device.reset());
  }

  @Override
  public void disconnected() {
    try {
      relay.disableInterrupts();
      MemorySegment none = Arena.ofAuto().allocate(2);
      boolean _ = config.write(RelayedConfigSpace.COMMAND, none);
      if (resettable()) {
        device.reset();
      }
    } catch (IOException | UncheckedIOException | IllegalStateException gone) {
      LOG.log(Level.WARNING, "device {0} cannot be reset: {1}", device, gone.getMessage());
    }
  }

  /** A call of the device. */
  @FunctionalInterface
  private interface Call<T> {
    T make() throws IOException;
  }

  /** A call that answers nothing. */
  @FunctionalInterface
  private interface Order {
    void give() throws IOException;
  }

  private static void order(Order order) throws IOException {
    boolean _ =
        ask(
            () -> {
              order.give();
              return true;
            });
  }

  /** The device goes with its mapper, such as after its removal: then it does not answer. */
  private static <T> T ask(Call<T> call) throws IOException {
    try {
      return call.make();
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    } catch (IllegalStateException closed) {
      throw new IOException(closed.getMessage(), closed);
    }
  }
}
