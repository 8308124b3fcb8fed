package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.kvm.KvmException.check;
import static dev.aerostat.vmm.kvm.KvmLayouts.IRQFD;
import static dev.aerostat.vmm.kvm.KvmLayouts.IRQ_LEVEL;
import static dev.aerostat.vmm.kvm.KvmLayouts.MSI;
import static dev.aerostat.vmm.kvm.KvmLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * How the guest is interrupted: by the pins of KVM's interrupt controllers, here called by their
 * GSI, and by messages (MSI, MSI-X).
 *
 * <p>Safe for use by any thread until the machine is closed; a call that comes later throws {@link
 * IllegalStateException}. To set a level, and to send a message, allocates nothing.
 */
public final class KvmInterrupts {
  /** Pins of the I/O APIC: GSIs 0 to 23. The first 16 are pins of the PICs, too. */
  public static final int PINS = 24;

  private final Descriptor machine;
  private final Routes routes;

  /** For each pin a structure that sets it low, and one that sets it high. */
  private final MemorySegment levels;

  /** Guarded by this. */
  private final MemorySegment message;

  KvmInterrupts(Descriptor machine, Arena arena) {
    this.machine = machine;
    this.routes = new Routes(machine);
    this.levels = arena.allocate(IRQ_LEVEL, 2L * PINS);
    this.message = arena.allocate(MSI);
    for (int i = 0; i < 2 * PINS; i++) {
      MemorySegment level = level(i);
      level.set(JAVA_INT, offset(IRQ_LEVEL, "irq"), i / 2);
      level.set(JAVA_INT, offset(IRQ_LEVEL, "level"), i % 2);
    }
  }

  private MemorySegment level(int index) {
    return levels.asSlice(index * IRQ_LEVEL.byteSize(), IRQ_LEVEL.byteSize());
  }

  /**
   * Sets the level of a pin.
   *
   * @param gsi the pin, 0 to 23
   * @param high whether the device asks for an interrupt
   * @throws IllegalArgumentException if there is no such pin
   */
  public void setLevel(int gsi, boolean high) {
    int result = machine.ioctl(KvmConstants.IRQ_LINE, level(2 * pin(gsi) + (high ? 1 : 0)));
    if (result < 0) {
      throw new IllegalStateException("KVM does not set pin %d: errno %d".formatted(gsi, -result));
    }
  }

  /**
   * Sends a message that the VMM's own device has made. One that means nothing to the guest's local
   * APICs is lost, as on a real bus.
   *
   * @param address where the guest wants it written; any number
   * @param data what it wants written there
   */
  public synchronized void send(long address, int data) {
    message.set(JAVA_INT, offset(MSI, "address_lo"), (int) address);
    message.set(JAVA_INT, offset(MSI, "address_hi"), (int) (address >>> Integer.SIZE));
    message.set(JAVA_INT, offset(MSI, "data"), data);
    int _ = machine.ioctl(KvmConstants.SIGNAL_MSI, message);
  }

  /**
   * Has an eventfd interrupt the guest: each time that it is written to, by a device of the host
   * without this process, the pin is pulsed or the route's message sent.
   *
   * @param eventfd an open one, the caller's
   * @param gsi a pin, or a route of {@link #addRoute}
   * @return what ends it when it is closed
   * @throws KvmException if KVM refuses
   */
  public InterruptFile attach(int eventfd, int gsi) throws KvmException {
    irqfd(eventfd, gsi, 0, 0);
    return new InterruptFile(this, eventfd, gsi);
  }

  /**
   * Has an eventfd raise a level-triggered pin. It stays high until the guest acknowledges the
   * interrupt; then the other eventfd is written to, and the device may ask again.
   *
   * @param eventfd an open one, the caller's
   * @param resample an open one, the caller's
   * @param gsi a pin
   * @return what ends it when it is closed
   * @throws KvmException if KVM refuses
   * @throws IllegalArgumentException if there is no such pin
   */
  public InterruptFile attachLevel(int eventfd, int resample, int gsi) throws KvmException {
    irqfd(eventfd, pin(gsi), KvmConstants.IRQFD_RESAMPLE, resample);
    return new InterruptFile(this, eventfd, gsi);
  }

  void detach(int eventfd, int gsi) throws KvmException {
    irqfd(eventfd, gsi, KvmConstants.IRQFD_DEASSIGN, 0);
  }

  private void irqfd(int eventfd, int gsi, int flags, int resample) throws KvmException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment irqfd = arena.allocate(IRQFD);
      irqfd.set(JAVA_INT, offset(IRQFD, "fd"), eventfd);
      irqfd.set(JAVA_INT, offset(IRQFD, "gsi"), gsi);
      irqfd.set(JAVA_INT, offset(IRQFD, "flags"), flags);
      irqfd.set(JAVA_INT, offset(IRQFD, "resamplefd"), resample);
      int _ =
          check(
              "tie eventfd %d to interrupt %d".formatted(eventfd, gsi),
              machine.ioctl(KvmConstants.IRQFD, irqfd));
    }
  }

  /**
   * Adds a route: a GSI beyond the pins that stands for a message.
   *
   * @param address where the guest wants it written; any number
   * @param data what it wants written there
   * @return the GSI, for {@link #attach}
   * @throws KvmException if KVM refuses
   */
  public int addRoute(long address, int data) throws KvmException {
    return routes.add(address, data);
  }

  /**
   * Changes the message that a route stands for.
   *
   * @param gsi as {@link #addRoute} returned it
   * @param address where the guest wants it written; any number
   * @param data what it wants written there
   * @throws KvmException if KVM refuses
   */
  public void changeRoute(int gsi, long address, int data) throws KvmException {
    routes.put(gsi, address, data);
  }

  /**
   * Removes a route. Detach what is attached to it before.
   *
   * @param gsi as {@link #addRoute} returned it
   * @throws KvmException if KVM refuses
   */
  public void removeRoute(int gsi) throws KvmException {
    routes.remove(gsi);
  }

  private static int pin(int gsi) {
    if (gsi < 0 || gsi >= PINS) {
      throw new IllegalArgumentException(
          "interrupt pin %d: expected 0 to %d".formatted(gsi, PINS - 1));
    }
    return gsi;
  }
}
