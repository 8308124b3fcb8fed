package dev.aerostat.mapper.vfio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The configuration space of a device that is passed through, as its guest sees it (PCI Local Bus
 * Specification 3.0, chapter 6). The VMM traps the guest's accesses, and passes each on to {@link
 * #read} and {@link #write}.
 *
 * <table>
 *   <caption>What the guest finds</caption>
 *   <tr><th>registers</th><th>reads</th><th>writes</th></tr>
 *   <tr><td>identity, class, header type</td><td>the device's; one function</td><td>ignored</td></tr>
 *   <tr><td>command</td><td>{@link BusMasterGate}</td><td>{@link BusMasterGate}</td></tr>
 *   <tr><td>status</td><td>the device's</td><td>the device's</td></tr>
 *   <tr><td>memory BARs that can be mapped</td><td>as written</td><td>move the BAR</td></tr>
 *   <tr><td>other BARs, expansion ROM</td><td>0: not there</td><td>ignored</td></tr>
 *   <tr><td>interrupt line and pin</td><td>the kernel's</td><td>the kernel's</td></tr>
 *   <tr><td>MSI capability</td><td>one vector, no mask</td><td>kept here</td></tr>
 *   <tr><td>all else: other capabilities, MSI-X among them</td><td>0</td><td>ignored</td></tr>
 * </table>
 *
 * <p>The guest never sees an address of the host. What it does to BARs and MSI is told to a {@link
 * GuestConfigListener}.
 *
 * <p>Safe for use by any thread; accesses take turns, so neither the listener nor what {@link
 * BusMasterGate#onDmaWanted} was given should wait. To hold a guest's write until the gate opens,
 * hold the vCPU once {@link #write} has returned. No access of a guest throws: a device that fails
 * to answer, or whose mapper is closed, reads as all bits set.
 */
public final class GuestConfigSpace {
  private static final int BYTES = 256;
  private static final int COMMAND = 4;
  private static final int STATUS = 6;
  private static final int CACHE_LINE = 0xc;
  private static final int SUBSYSTEM = 0x2c;
  private static final int CAPABILITIES = 0x34;
  private static final int INTERRUPT = 0x3c;
  private static final int CLASS = 8;

  private static final int MEMORY = 1 << 1;
  private static final int HAS_CAPABILITIES = 1 << 4;
  private static final int WORD = 0xffff;

  /** Neither a self-test nor more than one function. */
  private static final int LATENCY_AND_TYPE = 0x7f_ffff;

  /** The most capabilities that there is room for: a list that is longer goes round. */
  private static final int MOST_CAPABILITIES = 48;

  private final ConfigRegisters device;
  private final BusMasterGate gate;
  private final GuestConfigListener listener;
  private final List<GuestBar> bars;
  private final Optional<MsiCapability> msi;

  private boolean memoryOn;

  /**
   * Takes the configuration of a device over, and puts it into the state after a reset: it answers
   * nowhere, and its BARs have no address.
   *
   * @param device the device
   * @param gate its gate
   * @param listener hears what the guest does, from its first access on
   * @throws IOException if the device fails to answer
   * @throws IllegalStateException if the mapper of the device is closed
   */
  public GuestConfigSpace(VfioDevice device, BusMasterGate gate, GuestConfigListener listener)
      throws IOException {
    this(registers(device), memoryRegions(device), gate, listener);
  }

  GuestConfigSpace(
      ConfigRegisters device,
      List<VfioRegion> regions,
      BusMasterGate gate,
      GuestConfigListener listener)
      throws IOException {
    this.device = device;
    this.gate = gate;
    this.listener = listener;
    this.bars = GuestBar.of(device, regions);
    this.msi = findMsi(device);
    forget();
  }

  private static ConfigRegisters registers(VfioDevice device) {
    return new ConfigRegisters() {
      @Override
      public long read(int register, int bytes) throws IOException {
        try {
          return device.readConfig(register, bytes);
        } catch (IllegalStateException mapperClosed) {
          throw new IOException(mapperClosed);
        }
      }

      @Override
      public void write(int register, int bytes, long value) throws IOException {
        try {
          device.writeConfig(register, bytes, value);
        } catch (IllegalStateException mapperClosed) {
          throw new IOException(mapperClosed);
        }
      }
    };
  }

  private static List<VfioRegion> memoryRegions(VfioDevice device) throws IOException {
    var regions = new ArrayList<VfioRegion>();
    for (int i = 0; i < GuestBar.COUNT; i++) {
      regions.add(device.region(i));
    }
    return regions;
  }

  private static Optional<MsiCapability> findMsi(ConfigRegisters device) throws IOException {
    if ((device.read(STATUS, 2) & HAS_CAPABILITIES) == 0) {
      return Optional.empty();
    }
    int position = (int) device.read(CAPABILITIES, 1) & ~3;
    for (int i = 0; i < MOST_CAPABILITIES && position != 0; i++) {
      int header = (int) device.read(position, Integer.BYTES);
      if ((header & 0xff) == MsiCapability.ID) {
        return Optional.of(new MsiCapability(position, header));
      }
      position = (header >> 8) & 0xfc;
    }
    return Optional.empty();
  }

  /**
   * Returns the BARs that the guest sees.
   *
   * @return the regions that they show, each of which can be mapped
   */
  public List<VfioRegion> bars() {
    return bars.stream().map(GuestBar::region).toList();
  }

  /**
   * Puts the configuration into the state after a reset, as when the guest is rebooted. The device
   * itself is not reset: see {@link VfioDevice#reset}.
   *
   * @throws IOException if the device fails to answer, or its mapper is closed
   */
  public synchronized void reset() throws IOException {
    if (memoryOn) {
      bars.forEach(this::hide);
      memoryOn = false;
    }
    if (msi.flatMap(MsiCapability::message).isPresent()) {
      listener.messageChanged(Optional.empty());
    }
    forget();
  }

  private void forget() throws IOException {
    msi.ifPresent(MsiCapability::reset);
    gate.guestWrites(0);
    for (int i = 0; i < GuestBar.COUNT; i++) {
      device.write(GuestBar.register(i), Integer.BYTES, 0);
    }
  }

  /**
   * Reads what the guest reads.
   *
   * @param register offset in bytes; any number
   * @param bytes 1, 2 or 4, within an aligned double word
   * @return the value, zero-extended; all bits set for any other access
   */
  public synchronized long read(int register, int bytes) {
    int value = inDoubleWord(register, bytes) ? doubleWord(register & ~3) >>> shift(register) : -1;
    return Integer.toUnsignedLong(value & mask(bytes));
  }

  private int doubleWord(int register) {
    try {
      return switch (register) {
        case 0, CLASS, SUBSYSTEM -> whole(register);
        case COMMAND -> gate.guestReads() | (status() << Short.SIZE);
        case CACHE_LINE -> whole(register) & LATENCY_AND_TYPE;
        case CAPABILITIES -> msi.map(MsiCapability::position).orElse(0);
        case INTERRUPT -> whole(register) & WORD;
        default -> barOrCapability(register);
      };
    } catch (IOException | UncheckedIOException noAnswer) {
      return -1;
    }
  }

  private int whole(int register) throws IOException {
    return (int) device.read(register, Integer.BYTES);
  }

  private int status() throws IOException {
    int status = (int) device.read(STATUS, 2);
    return msi.isPresent() ? status : status & ~HAS_CAPABILITIES;
  }

  private int barOrCapability(int register) throws IOException {
    if (bar(register).isPresent()) {
      return whole(register);
    }
    return msi.filter(it -> it.covers(register)).map(it -> it.read(register)).orElse(0);
  }

  private Optional<GuestBar> bar(int register) {
    return bars.stream().filter(bar -> bar.covers(register)).findFirst();
  }

  /**
   * Writes what the guest writes. An access that is no such access does nothing.
   *
   * @param register offset in bytes; any number
   * @param bytes 1, 2 or 4, within an aligned double word
   * @param value in its lower bytes
   */
  public synchronized void write(int register, int bytes, long value) {
    if (!inDoubleWord(register, bytes)) {
      return;
    }
    int mask = mask(bytes) << shift(register);
    try {
      take(register & ~3, mask, ((int) value << shift(register)) & mask);
    } catch (IOException | UncheckedIOException noAnswer) {
      // As on a real bus: a write to a device that does not answer is lost.
    }
  }

  private void take(int register, int mask, int bits) throws IOException {
    if (register == COMMAND) {
      command(mask, bits);
    } else if (register == INTERRUPT && (mask & 0xff) != 0) {
      device.write(INTERRUPT, 1, bits);
    } else {
      Optional<GuestBar> bar = bar(register);
      if (bar.isPresent()) {
        move(bar.get(), register, (whole(register) & ~mask) | bits);
      } else if (msi.filter(it -> it.covers(register)).isPresent()) {
        message(msi.get(), register, mask, bits);
      }
    }
  }

  /** Bits of the status register are cleared by writing 1: those not written change nothing. */
  private void command(int mask, int bits) throws IOException {
    if ((mask & WORD) != 0) {
      command(((gate.guestReads() & ~mask) | bits) & WORD);
    }
    if (mask >>> Short.SIZE != 0) {
      device.write(STATUS, 2, bits >>> Short.SIZE);
    }
  }

  /** A BAR is hidden before the device answers no more, and shown once it does. */
  private void command(int value) throws IOException {
    boolean turnsOff = memoryOn && (value & MEMORY) == 0;
    boolean turnsOn = !memoryOn && (value & MEMORY) != 0;
    if (turnsOff) {
      bars.forEach(this::hide);
      memoryOn = false;
    }
    gate.guestWrites(value);
    if (turnsOn) {
      memoryOn = true;
      for (GuestBar bar : bars) {
        show(bar);
      }
    }
  }

  private void move(GuestBar bar, int register, int value) throws IOException {
    if (memoryOn) {
      hide(bar);
    }
    device.write(register, Integer.BYTES, Integer.toUnsignedLong(value));
    if (memoryOn) {
      show(bar);
    }
  }

  private void hide(GuestBar bar) {
    listener.barMoved(bar.region(), OptionalLong.empty());
  }

  private void show(GuestBar bar) throws IOException {
    listener.barMoved(bar.region(), OptionalLong.of(bar.address(device)));
  }

  private void message(MsiCapability capability, int register, int mask, int bits) {
    Optional<MsiMessage> before = capability.message();
    capability.write(register, mask, bits);
    Optional<MsiMessage> after = capability.message();
    if (!after.equals(before)) {
      listener.messageChanged(after);
    }
  }

  private static boolean inDoubleWord(int register, int bytes) {
    boolean width = bytes == 1 || bytes == 2 || bytes == Integer.BYTES;
    boolean here = register >= 0 && register < BYTES;
    return width && here && (register & 3) + bytes <= Integer.BYTES;
  }

  private static int shift(int register) {
    return Byte.SIZE * (register & 3);
  }

  private static int mask(int bytes) {
    return bytes >= Integer.BYTES ? -1 : (1 << (Byte.SIZE * bytes)) - 1;
  }
}
