package dev.aerostat.vmm.passthrough;

import dev.aerostat.mapper.vfio.InterruptKind;
import dev.aerostat.mapper.vfio.MsiMessage;
import dev.aerostat.mapper.vfio.VfioInterrupts;
import dev.aerostat.vmm.kvm.InterruptFile;
import dev.aerostat.vmm.kvm.KvmInterrupts;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A device's interrupts on their way to the guest, past the VMM: VFIO counts them on an event
 * counter, and KVM interrupts the guest each time that it counts.
 *
 * <ul>
 *   <li><b>By its pin.</b> VFIO masks the pin when it counts. When the guest has acknowledged the
 *       interrupt, KVM counts on a second counter, and VFIO unmasks the pin.
 *   <li><b>By messages</b>, once the guest has switched them on: the counter stands for the message
 *       that the guest has chosen.
 * </ul>
 *
 * <p>Not safe for use by several threads: accesses to one configuration space take turns.
 */
final class InterruptWires implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.vmm");

  private final VfioInterrupts device;
  private final KvmInterrupts guest;
  private final int pin;
  private final IrqEvent raised;
  private final IrqEvent acknowledged;

  /** What is connected: a pin, a message's route, or nothing. */
  private Optional<InterruptFile> wire = Optional.empty();

  private OptionalInt route = OptionalInt.empty();
  private boolean complained;

  private InterruptWires(
      VfioInterrupts device, KvmInterrupts guest, int pin, IrqEvent raised, IrqEvent acknowledged) {
    this.device = device;
    this.guest = guest;
    this.pin = pin;
    this.raised = raised;
    this.acknowledged = acknowledged;
  }

  /**
   * Creates wires, with nothing connected.
   *
   * @param pin the guest's, as a GSI
   * @throws IOException if the kernel has no counters left
   */
  static InterruptWires create(VfioInterrupts device, KvmInterrupts guest, int pin)
      throws IOException {
    IrqEvent raised = IrqEvent.create();
    try {
      return new InterruptWires(device, guest, pin, raised, IrqEvent.create());
    } catch (IOException | RuntimeException | Error failure) {
      raised.close();
      throw failure;
    }
  }

  /**
   * Connects the pin, if the device has one.
   *
   * @throws IOException if VFIO or KVM refuse; nothing is connected then
   */
  void connectPin() throws IOException {
    if (device.count(InterruptKind.INTX) == 0) {
      return;
    }
    wire = Optional.of(guest.attachLevel(raised.number(), acknowledged.number(), pin));
    try {
      device.enable(InterruptKind.INTX, 1, raised.number());
      device.unmaskOn(acknowledged.number());
    } catch (IOException | RuntimeException | Error failure) {
      disconnect();
      throw failure;
    }
  }

  private void connectMessage(MsiMessage message) throws IOException {
    int gsi = guest.addRoute(message.address(), message.data());
    route = OptionalInt.of(gsi);
    wire = Optional.of(guest.attach(raised.number(), gsi));
    device.enable(InterruptKind.MSI, 1, raised.number());
  }

  /** Follows the guest's choice. What the host refuses leaves the device without interrupts. */
  void messageChanged(Optional<MsiMessage> message) {
    try {
      follow(message);
    } catch (IOException refusal) {
      complain(refusal);
    }
  }

  private void follow(Optional<MsiMessage> message) throws IOException {
    try {
      if (message.isPresent() && route.isPresent()) {
        guest.changeRoute(route.getAsInt(), message.get().address(), message.get().data());
      } else if (message.isPresent()) {
        disconnect();
        connectMessage(message.get());
      } else {
        disconnect();
        connectPin();
      }
    } catch (IOException refusal) {
      disconnect();
      throw refusal;
    }
  }

  /** Once: a guest must not decide how much is logged. */
  private void complain(IOException refusal) {
    if (!complained) {
      complained = true;
      LOG.log(Level.WARNING, "the guest misses interrupts: {0}", refusal.getMessage());
    }
  }

  private void disconnect() throws IOException {
    device.disable();
    if (wire.isPresent()) {
      wire.get().close();
      wire = Optional.empty();
    }
    if (route.isPresent()) {
      guest.removeRoute(route.getAsInt());
      route = OptionalInt.empty();
    }
  }

  /**
   * Disconnects all.
   *
   * @throws IOException if VFIO or KVM refuse: the counters stay open then
   */
  @Override
  public void close() throws IOException {
    disconnect();
    raised.close();
    acknowledged.close();
  }
}
