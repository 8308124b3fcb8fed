package dev.aerostat.vmm.console;

import dev.aerostat.virtio.transport.InterruptLine;
import dev.aerostat.vmm.bus.BusDevice;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * A serial port as Linux knows it, a 16550A (National Semiconductor PC16550D): what the guest sends
 * goes out at once, what comes in waits in a FIFO of 16 bytes.
 *
 * <p>Safe for use by any thread.
 */
public final class SerialPort implements BusDevice {
  /** How many ports it takes. */
  public static final int PORTS = 8;

  // Registers.
  private static final int DATA = 0;
  private static final int INTERRUPT_ENABLE = 1;
  private static final int INTERRUPT_ID = 2;
  private static final int LINE_CONTROL = 3;
  private static final int MODEM_CONTROL = 4;
  private static final int LINE_STATUS = 5;
  private static final int MODEM_STATUS = 6;
  private static final int SCRATCH = 7;

  private static final int ENABLE_RECEIVED = 1;
  private static final int ENABLE_SENT = 2;
  private static final int NOTHING = 1;
  private static final int SENT = 2;
  private static final int RECEIVED = 4;
  private static final int FIFO_CONTROL_ENABLE = 1;
  private static final int FIFO_CONTROL_CLEAR = 2;
  private static final int FIFOS_ENABLED = 0xc0;
  private static final int DIVISOR_ACCESS = 0x80;
  private static final int LOOP = 0x10;
  private static final int DATA_READY = 1;
  private static final int ALL_SENT = 0x60;

  /** Of the modem: carrier, data set ready, clear to send. */
  private static final int CONNECTED = 0xb0;

  private static final int FIFO_BYTES = 16;

  private final IntConsumer sink;
  private final InterruptLine line;
  private final Queue<Byte> received = new ArrayDeque<>();
  private int enabled;
  private int lineControl;
  private int modemControl;
  private int scratch;
  private int divisor = 1;
  private boolean fifos;
  private boolean sent;
  private boolean high;

  /**
   * Creates a port.
   *
   * @param sink takes each byte that the guest sends, on the thread of its vCPU
   * @param line interrupts the guest
   */
  public SerialPort(IntConsumer sink, InterruptLine line) {
    this.sink = sink;
    this.line = line;
  }

  /**
   * Has the guest receive a byte; waits until there is room for it.
   *
   * @param value the byte
   * @throws InterruptedException if this thread is interrupted
   */
  public synchronized void receive(byte value) throws InterruptedException {
    while (received.size() >= FIFO_BYTES) {
      wait();
    }
    received.add(value);
    follow();
  }

  @Override
  public synchronized long read(long offset, int width) {
    return switch ((int) offset) {
      case DATA -> divisorShown() ? divisor & 0xff : take();
      case INTERRUPT_ENABLE -> divisorShown() ? divisor >> Byte.SIZE : enabled;
      case INTERRUPT_ID -> takeInterrupt() | (fifos ? FIFOS_ENABLED : 0);
      case LINE_CONTROL -> lineControl;
      case MODEM_CONTROL -> modemControl;
      case LINE_STATUS -> ALL_SENT | (received.isEmpty() ? 0 : DATA_READY);
      case MODEM_STATUS -> modemStatus();
      default -> scratch;
    };
  }

  private boolean divisorShown() {
    return (lineControl & DIVISOR_ACCESS) != 0;
  }

  private int take() {
    Byte value = received.poll();
    notifyAll();
    follow();
    return value == null ? 0 : Byte.toUnsignedInt(value);
  }

  /** To be told that all was sent is to be told once. */
  private int takeInterrupt() {
    int pending = pending();
    if (pending == SENT) {
      sent = false;
      follow();
    }
    return pending;
  }

  private int pending() {
    if ((enabled & ENABLE_RECEIVED) != 0 && !received.isEmpty()) {
      return RECEIVED;
    }
    return (enabled & ENABLE_SENT) != 0 && sent ? SENT : NOTHING;
  }

  /** In the loop the outputs of modem control are the inputs of modem status. */
  private int modemStatus() {
    if ((modemControl & LOOP) == 0) {
      return CONNECTED;
    }
    return (modemControl & 0xc) << 4 | (modemControl & 2) << 3 | (modemControl & 1) << 5;
  }

  @Override
  public CompletableFuture<Void> write(long offset, int width, long value) {
    int bits = (int) value & 0xff;
    if (offset == DATA && !isDivisorShown()) {
      sink.accept(bits);
    }
    set((int) offset, bits);
    return DONE;
  }

  private synchronized boolean isDivisorShown() {
    return divisorShown();
  }

  private synchronized void set(int register, int bits) {
    switch (register) {
      case DATA -> {
        if (divisorShown()) {
          divisor = (divisor & 0xff00) | bits;
        } else {
          sent = true;
        }
      }
      case INTERRUPT_ENABLE -> {
        if (divisorShown()) {
          divisor = (divisor & 0xff) | bits << Byte.SIZE;
        } else {
          sent |= (enabled & ENABLE_SENT) == 0 && (bits & ENABLE_SENT) != 0;
          enabled = bits & 0xf;
        }
      }
      case INTERRUPT_ID -> controlFifos(bits);
      case LINE_CONTROL -> lineControl = bits;
      case MODEM_CONTROL -> modemControl = bits;
      case SCRATCH -> scratch = bits;
      default -> {}
    }
    follow();
  }

  private void controlFifos(int bits) {
    fifos = (bits & FIFO_CONTROL_ENABLE) != 0;
    if ((bits & FIFO_CONTROL_CLEAR) != 0) {
      received.clear();
      notifyAll();
    }
  }

  private void follow() {
    boolean asks = pending() != NOTHING;
    if (asks != high) {
      high = asks;
      line.level(asks);
    }
  }
}
