package dev.aerostat.vmm;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.AsyncDmaMapBuilder;
import dev.aerostat.engine.Strategy;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import dev.aerostat.virtio.transport.InterruptLine;
import dev.aerostat.virtio.transport.VirtioMmio;
import dev.aerostat.vmm.MachineSettings.Transport;
import dev.aerostat.vmm.boot.AcpiTables;
import dev.aerostat.vmm.boot.AddressMap;
import dev.aerostat.vmm.boot.BootEntry;
import dev.aerostat.vmm.boot.LinuxLoader;
import dev.aerostat.vmm.bus.Bus;
import dev.aerostat.vmm.bus.GuestEnd;
import dev.aerostat.vmm.bus.HotPlugPort;
import dev.aerostat.vmm.bus.PciBus;
import dev.aerostat.vmm.bus.PowerPorts;
import dev.aerostat.vmm.console.SerialPort;
import dev.aerostat.vmm.kvm.Kvm;
import dev.aerostat.vmm.kvm.KvmMachine;
import dev.aerostat.vmm.passthrough.PassedThroughDevices;
import dev.aerostat.vmm.virtio.BalloonSlot;
import dev.aerostat.vmm.virtio.MmioBalloonSlot;
import dev.aerostat.vmm.virtio.PciSlot;
import dev.aerostat.vmm.virtio.PinAndMessages;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * A virtual machine, put together in the order that {@code docs/vmm.md} names: memory, mapper,
 * engine, its device on a bus, processors. It is taken apart in the opposite order.
 *
 * <p>To be built, run and closed by one thread; {@link #end} is for any.
 */
public final class VirtualMachine implements AutoCloseable {
  private static final int BALLOON_DEVICE = 1;

  private final MachineSettings settings;
  private final Timeline timeline;
  private final CloseStack closing = new CloseStack();
  private final CompletableFuture<GuestEnd> ended = new CompletableFuture<>();
  private final Bus ports = new Bus();
  private final Bus memoryBus = new Bus();
  private final PciBus pci = new PciBus();
  private final Processors processors = new Processors();
  private final AddressMap layout;
  private final GuestMemory memory;
  private final KvmMachine machine;
  private final HostMapper host;
  private final PassedThroughDevices devices;
  private final SerialPort console;
  private final AsyncDmaMap engine;

  private VirtualMachine(
      MachineSettings settings, Timeline timeline, IntConsumer output, HostMapper.Source mappers)
      throws IOException, HostRefusedException {
    this.settings = settings;
    this.timeline = timeline;
    try {
      layout = new AddressMap(settings.memoryBytes());
      memory = allocate();
      machine = createMachine();
      host = openMapper(mappers);
      devices = new PassedThroughDevices(host.devices());
      console = new SerialPort(output, pin(AddressMap.SERIAL_GSI));
      connectPorts();
      engine = createEngine(createSlot(), mappers);
      passThrough();
      createProcessors();
    } catch (IOException | HostRefusedException | RuntimeException | Error failure) {
      closeAfter(failure);
      throw failure;
    }
  }

  /**
   * Builds a machine. Nothing runs yet, and nothing is mapped.
   *
   * @param settings what it is made of
   * @param timeline hears of its boot
   * @param output takes each byte that the guest prints, on the thread of its vCPU
   * @return the machine, for the caller to close
   * @throws IOException if the host, KVM included, or a file refuses: the message says what to do
   * @throws HostRefusedException if a device cannot be passed through: the message says what to do
   * @throws IllegalArgumentException if the guest cannot be had with these settings
   * @throws IllegalStateException if native access is not enabled, or the mapper not available
   */
  public static VirtualMachine build(
      MachineSettings settings, Timeline timeline, IntConsumer output)
      throws IOException, HostRefusedException {
    return build(settings, timeline, output, HostMapper::open);
  }

  /** Builds a machine with a mapper from elsewhere. */
  static VirtualMachine build(
      MachineSettings settings, Timeline timeline, IntConsumer output, HostMapper.Source mappers)
      throws IOException, HostRefusedException {
    return new VirtualMachine(settings, timeline, output, mappers);
  }

  // --- Building, in order -----------------------------------------------------------------------

  private GuestMemory allocate() throws IOException {
    LinuxGuestMemory allocated = LinuxGuestMemory.allocate(layout.ram(), settings.backing());
    closing.add(allocated::close);
    return allocated.guestMemory();
  }

  private KvmMachine createMachine() throws IOException {
    try (Kvm kvm = Kvm.open(SystemCalls.libc())) {
      KvmMachine created = kvm.createMachine();
      closing.add(created::close);
      for (MemoryRegion region : memory.regions()) {
        var _ = created.memory().add(region.range().start(), region.segment());
      }
      return created;
    }
  }

  /** The engine's as soon as there is one; then it is closed twice, which is allowed. */
  private HostMapper openMapper(HostMapper.Source mappers) throws HostRefusedException {
    HostMapper opened = mappers.open(settings, memory);
    closing.add(opened.mapper()::close);
    return opened;
  }

  private void connectPorts() {
    new PowerPorts(this::end).connect(ports);
    pci.connect(ports);
    ports.add(AddressMap.SERIAL_PORT, SerialPort.PORTS, console);
  }

  private BalloonSlot createSlot() {
    Runnable loaded = () -> timeline.mark(Moment.DRIVER_LOADED);
    if (settings.transport() == Transport.MMIO) {
      var slot = new MmioBalloonSlot(pin(AddressMap.MMIO_DEVICE_GSI), loaded);
      memoryBus.add(AddressMap.MMIO_DEVICE, VirtioMmio.WINDOW_BYTES, slot);
      return slot;
    }
    var pin = new PinAndMessages(machine.interrupts(), AddressMap.pciGsi(BALLOON_DEVICE));
    var slot = new PciSlot(memoryBus, pin, loaded);
    pci.plug(BALLOON_DEVICE, slot);
    return slot;
  }

  private InterruptLine pin(int gsi) {
    return high -> machine.interrupts().setLevel(gsi, high);
  }

  private AsyncDmaMap createEngine(BalloonSlot slot, HostMapper.Source mappers) {
    AsyncDmaMapBuilder builder =
        AsyncDmaMap.builder(memory, host.mapper(), devices.gate())
            .settings(settings.engine(memory))
            .device(settings.balloon())
            .interrupts(slot)
            .listener(timeline);
    mappers.change(builder);
    AsyncDmaMap built = builder.build();
    closing.add(built::close);
    built.addListener(new EndOnFailure(this::end));
    slot.plug(built.device());
    return built;
  }

  /** To be closed before the engine, which closes the mapper, and with it the devices. */
  private void passThrough() throws IOException {
    closing.add(devices::close);
    var early = new EarlyGuest(settings.earlyDma(), processors::pause, this::end);
    devices.create(
        machine, MachineSettings.FIRST_DEVICE, AddressMap::pciGsi, engine::dmaWanted, early::waits);
    if (settings.lateDevices().isEmpty()) {
      devices.plug(pci);
    } else {
      var port = new HotPlugPort(pin(AddressMap.HOT_PLUG_GSI));
      ports.add(HotPlugPort.PORT, 1, port);
      var _ = engine.dmaReady().thenRun(() -> plugLate(port));
    }
  }

  /** Called by the engine when the gate opens. */
  private void plugLate(HotPlugPort port) {
    try {
      devices.plug(pci);
      timeline.mark(Moment.PLUGGED);
      port.raise();
    } catch (RuntimeException failure) {
      end(new GuestEnd(GuestEnd.Kind.FAILURE, "the guest did not get its devices: " + failure));
    }
  }

  private void createProcessors() throws IOException {
    boolean mmio = settings.transport() == Transport.MMIO;
    long acpi =
        AcpiTables.write(
            memory.region(0).segment(),
            layout,
            settings.processors(),
            mmio,
            settings.lateDevices());
    BootEntry entry =
        new LinuxLoader(memory)
            .load(settings.kernel(), settings.initramfs(), settings.commandLine(), acpi);
    closing.add(processors::close);
    processors.create(machine, settings.processors(), entry, ports, memoryBus, this::end);
  }

  // --- Running ----------------------------------------------------------------------------------

  /**
   * Runs the guest until it ends. With {@link Strategy#SYNC} it starts once all memory is mapped,
   * as with the VMMs of today.
   *
   * @return how it ended
   */
  public GuestEnd run() {
    closing.add(processors::stop);
    timeline.mark(Moment.MAPPING);
    engine.start();
    if (settings.strategy() == Strategy.SYNC) {
      CompletableFuture.anyOf(engine.dmaReady().exceptionally(_ -> null), ended).join();
    }
    if (!ended.isDone()) {
      timeline.mark(Moment.RUNNING);
      processors.start();
    }
    GuestEnd end = ended.join();
    timeline.mark(Moment.ENDED);
    return end;
  }

  /**
   * Ends the run. Does nothing if it has ended.
   *
   * @param how what {@link #run} returns
   */
  public void end(GuestEnd how) {
    ended.complete(how);
  }

  /**
   * Returns the guest's console, to type on.
   *
   * @return a serial port
   */
  public SerialPort console() {
    return console;
  }

  /**
   * Returns the engine, to look at its counters; they can be asked for after {@link #close}, too.
   *
   * @return the engine
   */
  public AsyncDmaMap engine() {
    return engine;
  }

  /** Returns this host's devices that the guest has. */
  PassedThroughDevices devices() {
    return devices;
  }

  /**
   * Returns who maps the guest's memory.
   *
   * @return {@code vfio} or {@code sim}
   */
  public String mapper() {
    return host.name();
  }

  /**
   * Stops the guest and closes all: vCPUs first, as what they use must outlive them, then the
   * engine, which unmaps guest memory, guest memory last.
   *
   * @throws IOException if a vCPU does not stop; what it uses stays open
   */
  @Override
  public void close() throws IOException {
    closing.close();
  }

  private void closeAfter(Throwable failure) {
    try {
      closing.close();
    } catch (IOException | RuntimeException second) {
      failure.addSuppressed(second);
    }
  }
}
