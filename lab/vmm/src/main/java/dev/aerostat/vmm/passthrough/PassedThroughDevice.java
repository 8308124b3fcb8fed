package dev.aerostat.vmm.passthrough;

import dev.aerostat.mapper.vfio.BusMasterGate;
import dev.aerostat.mapper.vfio.GuestConfigListener;
import dev.aerostat.mapper.vfio.GuestConfigSpace;
import dev.aerostat.mapper.vfio.MsiMessage;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioRegion;
import dev.aerostat.vmm.bus.PciFunction;
import dev.aerostat.vmm.kvm.KvmMachine;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A device of the host as a function on the guest's PCI bus.
 *
 * <p>Its methods are safe for use by any thread until it is closed; close it once the vCPUs stand
 * still, and before the engine, which closes the mapper and with it the device.
 */
final class PassedThroughDevice implements PciFunction, AutoCloseable {
  private final HoldingGate gate;
  private final BarSlots bars;
  private final InterruptWires interrupts;
  private final GuestConfigSpace config;
  private final Consumer<CompletableFuture<Void>> held;

  private PassedThroughDevice(
      HoldingGate gate,
      BarSlots bars,
      InterruptWires interrupts,
      GuestConfigSpace config,
      Consumer<CompletableFuture<Void>> held) {
    this.gate = gate;
    this.bars = bars;
    this.interrupts = interrupts;
    this.config = config;
    this.held = held;
  }

  /**
   * Maps a device's registers and connects its pin.
   *
   * @param master holds its bus mastering back
   * @param gate holds the guest's wish for it
   * @param pin the guest's, as a GSI
   * @param held told of each write that is held, and until when
   * @throws IOException if VFIO or KVM refuse: the message says what to do
   */
  static PassedThroughDevice create(
      VfioDevice device,
      BusMasterGate master,
      HoldingGate gate,
      KvmMachine machine,
      int pin,
      Consumer<CompletableFuture<Void>> held)
      throws IOException {
    InterruptWires interrupts =
        InterruptWires.create(device.interrupts(), machine.interrupts(), pin);
    var bars = new BarSlots(machine.memory());
    try {
      var config = new GuestConfigSpace(device, master, new Follower(bars, interrupts));
      bars.map(device, config.bars());
      interrupts.connectPin();
      return new PassedThroughDevice(gate, bars, interrupts, config, held);
    } catch (IOException | RuntimeException | Error failure) {
      try (interrupts;
          bars) {
        throw failure;
      }
    }
  }

  @Override
  public long readConfig(int register, int width) {
    return config.read(register, width);
  }

  /** One at a time, so that each is held for what itself has asked for. */
  @Override
  public synchronized CompletableFuture<Void> writeConfig(int register, int width, long value) {
    config.write(register, width, value);
    CompletableFuture<Void> opening = gate.held();
    if (!opening.isDone()) {
      held.accept(opening);
    }
    return opening;
  }

  /**
   * Takes the device away from the guest: its registers, then its interrupts.
   *
   * @throws IOException if VFIO or KVM refuse
   */
  @Override
  public void close() throws IOException {
    bars.close();
    interrupts.close();
  }

  /** Does as the guest configures. */
  private record Follower(BarSlots bars, InterruptWires interrupts) implements GuestConfigListener {
    @Override
    public void barMoved(VfioRegion bar, OptionalLong address) {
      bars.move(bar, address);
    }

    @Override
    public void messageChanged(Optional<MsiMessage> message) {
      interrupts.messageChanged(message);
    }
  }
}
