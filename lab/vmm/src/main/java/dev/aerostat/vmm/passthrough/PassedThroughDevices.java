package dev.aerostat.vmm.passthrough;

import dev.aerostat.api.CompositeGate;
import dev.aerostat.api.Errno;
import dev.aerostat.api.Gate;
import dev.aerostat.mapper.vfio.BusMasterGate;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.vmm.bus.PciBus;
import dev.aerostat.vmm.kvm.KvmException;
import dev.aerostat.vmm.kvm.KvmMachine;
import dev.aerostat.vmm.kvm.VfioFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/**
 * All devices of the host that a guest has. Their gate comes first, since the engine is built with
 * it; then the engine; then they are made functions of the guest's, and these are plugged.
 *
 * <p>To be created and closed by one thread; any may plug.
 */
public final class PassedThroughDevices implements AutoCloseable {
  private final List<VfioDevice> devices;
  private final List<BusMasterGate> masters;
  private final List<HoldingGate> gates;
  private final List<PassedThroughDevice> functions = new ArrayList<>();
  private final List<VfioFiles> files = new ArrayList<>();
  private int first;

  /**
   * Takes their bus mastering away.
   *
   * @param devices of an open mapper; there may be none
   */
  public PassedThroughDevices(List<VfioDevice> devices) {
    this.devices = List.copyOf(devices);
    this.masters = devices.stream().map(BusMasterGate::new).toList();
    this.gates = masters.stream().map(HoldingGate::new).toList();
  }

  /**
   * Returns the gate of all of them, for the engine.
   *
   * @return one that opens and closes all together, and holds what a guest asks for too early; of
   *     no devices, one that holds nothing
   */
  public Gate gate() {
    return gates.isEmpty() ? Gate.ofNoDevice() : CompositeGate.of(gates);
  }

  /**
   * Adds the devices to those that KVM knows, maps their registers and connects their pins.
   *
   * @param machine the guest's
   * @param first the number on its PCI bus of the first of them; the others follow it
   * @param pins the interrupt of a device's pin, as a GSI, by its number on the bus
   * @param dmaWanted run each time that the guest asks for DMA too early, on the thread of its
   *     write; must not wait
   * @param held told then, on that thread, that the write is held, and until when; must not wait
   * @throws IOException if VFIO or KVM refuse: the message says what to do; close this then, too
   */
  public synchronized void create(
      KvmMachine machine,
      int first,
      IntUnaryOperator pins,
      Runnable dmaWanted,
      Consumer<CompletableFuture<Void>> held)
      throws IOException {
    this.first = first;
    if (devices.isEmpty()) {
      return;
    }
    VfioFiles known = machine.createVfioFiles();
    files.add(known);
    for (int i = 0; i < devices.size(); i++) {
      tell(known, devices.get(i));
      HoldingGate gate = gates.get(i);
      int number = first + i;
      PassedThroughDevice function =
          PassedThroughDevice.create(
              devices.get(i), masters.get(i), gate, machine, pins.applyAsInt(number), held);
      functions.add(function);
      masters
          .get(i)
          .onDmaWanted(
              () -> {
                gate.wish();
                dmaWanted.run();
              });
    }
  }

  /**
   * Puts them on the guest's bus, at their numbers. To be called once; does nothing once they are
   * closed.
   *
   * @param bus the guest's PCI bus
   */
  public synchronized void plug(PciBus bus) {
    for (int i = 0; i < functions.size(); i++) {
      bus.plug(first + i, functions.get(i));
    }
  }

  /** Devices of one group have one file: KVM answers EEXIST the second time. */
  private static void tell(VfioFiles known, VfioDevice device) throws IOException {
    try {
      long _ =
          device.lendToKvm(
              file -> {
                addOnce(known, file);
                return 0;
              });
    } catch (UncheckedIOException refusal) {
      throw refusal.getCause();
    }
  }

  private static void addOnce(VfioFiles known, int file) {
    try {
      known.add(file);
    } catch (KvmException refusal) {
      if (refusal.errno() != Errno.EEXIST) {
        throw new UncheckedIOException(refusal);
      }
    }
  }

  /**
   * Takes the devices away from the guest, whose vCPUs stand still, and has KVM forget them: it
   * would keep them busy for others.
   *
   * @throws IOException if VFIO or KVM refuse; what is left is closed the next time
   */
  @Override
  public synchronized void close() throws IOException {
    while (!functions.isEmpty()) {
      functions.getLast().close();
      functions.removeLast();
    }
    while (!files.isEmpty()) {
      files.getLast().close();
      files.removeLast();
    }
  }
}
