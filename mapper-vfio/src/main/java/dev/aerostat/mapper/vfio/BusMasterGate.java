package dev.aerostat.mapper.vfio;

import dev.aerostat.api.Gate;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The gate of a PCI device: its bus-master bit (PCI Local Bus Specification 3.0, section 6.2.2,
 * command register, bit 2), held back until the engine opens.
 *
 * <p>The VMM hands the guest's writes to the command register to {@link #guestWrites(int)} and
 * answers the guest's reads with {@link #guestReads()}: the guest finds the register as the device
 * has it, but the bus-master bit as it wrote it; the device gets that bit only while the gate is
 * open. A guest that sets it earlier is not ignored: {@code dmaWanted} runs, and the bit reaches
 * the device when the gate opens. The engine is built with its gate, so {@code dmaWanted} is often
 * not known when the gate is created: {@link #onDmaWanted} sets it later, and runs it at once if
 * the guest waits already. After {@link VfioDevice#reset()} the bit is clear, for the guest too.
 *
 * <p>Once the mapper of the device is closed the kernel has stopped its DMA, and the gate reaches
 * it no more: {@link #open} throws {@link IllegalStateException}, {@link #close} is done at once,
 * the guest's writes go nowhere and its reads find what it wrote last.
 *
 * <p>Safe for use by any thread. A device that fails to answer throws {@link UncheckedIOException};
 * a gate that fails to open is shut.
 */
public final class BusMasterGate implements Gate {
  private static final int COMMAND = 4;
  private static final int BUS_MASTER = 1 << 2;
  private static final int WORD = 0xffff;

  private final Register command;
  private Runnable dmaWanted = () -> {};

  /** What the guest wrote last. */
  private int guest;

  private boolean open;

  /**
   * Takes a device over, and its bus-master bit away. Nobody is told of early DMA before {@link
   * #onDmaWanted}.
   *
   * @param device the device
   * @throws IllegalStateException if the mapper of the device is closed
   */
  public BusMasterGate(VfioDevice device) {
    this(register(device));
    device.onReset(this::deviceReset);
  }

  /**
   * Takes a device over, and its bus-master bit away.
   *
   * @param device the device
   * @param dmaWanted run, on the thread of the guest's write, each time the guest sets the bit
   *     while the gate is closed; such as {@code AsyncDmaMap::dmaWanted}
   * @throws IllegalStateException if the mapper of the device is closed
   */
  public BusMasterGate(VfioDevice device, Runnable dmaWanted) {
    this(device);
    onDmaWanted(dmaWanted);
  }

  BusMasterGate(Register command) {
    this.command = command;
    deviceReset();
  }

  private static Register register(VfioDevice device) {
    return new Register() {
      @Override
      public int read() throws IOException {
        return (int) device.readConfig(COMMAND, 2);
      }

      @Override
      public void write(int value) throws IOException {
        device.writeConfig(COMMAND, 2, value);
      }
    };
  }

  /**
   * Sets what runs when the guest asks for DMA too early. It also runs at once if the guest waits
   * for DMA already.
   *
   * @param wanted run, on the thread of the guest's write, each time the guest sets the bit while
   *     the gate is closed; such as {@code dma::dmaWanted}
   */
  public void onDmaWanted(Runnable wanted) {
    if (listen(wanted)) {
      wanted.run();
    }
  }

  /** Returns whether the guest waits already. */
  private synchronized boolean listen(Runnable wanted) {
    dmaWanted = wanted;
    return !open && (guest & BUS_MASTER) != 0;
  }

  /** The guest starts from what the register is now, without the bit. */
  private synchronized void deviceReset() {
    guest = read() & ~BUS_MASTER;
    pass();
  }

  /**
   * Takes a write of the guest to the command register.
   *
   * @param value 16 bits
   */
  public void guestWrites(int value) {
    take(value & WORD).run();
  }

  /** Returns what runs if the guest has set the bit and must wait. */
  private synchronized Runnable take(int value) {
    boolean wantedBefore = (guest & BUS_MASTER) != 0;
    guest = value;
    try {
      pass();
    } catch (IllegalStateException mapperClosed) {
      return () -> {};
    }
    boolean waits = !open && !wantedBefore && (value & BUS_MASTER) != 0;
    return waits ? dmaWanted : () -> {};
  }

  /**
   * Returns what the guest is to read from the command register.
   *
   * @return 16 bits
   */
  public synchronized int guestReads() {
    try {
      int device = read();
      return open ? device : (device & ~BUS_MASTER) | (guest & BUS_MASTER);
    } catch (IllegalStateException mapperClosed) {
      return guest;
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the mapper of the device is closed
   */
  @Override
  public void open(Runnable done) {
    passOpen();
    done.run();
  }

  /** Whatever is thrown, the gate is shut: the write may have reached the device all the same. */
  private synchronized void passOpen() {
    open = true;
    try {
      pass();
    } catch (RuntimeException | Error failure) {
      open = false;
      try {
        pass();
      } catch (RuntimeException | Error second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
  }

  /**
   * {@inheritDoc} The register is read back: the answer pushes the device's earlier writes before
   * it (PCI Local Bus Specification 3.0, appendix E), so none is under way any more.
   */
  @Override
  public void close(Runnable done) {
    passClosed();
    done.run();
  }

  private synchronized void passClosed() {
    open = false;
    try {
      pass();
      int _ = read();
    } catch (IllegalStateException mapperClosed) {
      // The device went with it, and its DMA: nothing is left to wait for.
    }
  }

  private void pass() {
    try {
      command.write(open ? guest : guest & ~BUS_MASTER);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private int read() {
    try {
      return command.read();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The device's command register: its methods throw IllegalStateException once it is closed. */
  interface Register {
    int read() throws IOException;

    void write(int value) throws IOException;
  }
}
