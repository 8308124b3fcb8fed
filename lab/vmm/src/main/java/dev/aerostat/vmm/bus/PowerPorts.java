package dev.aerostat.vmm.bus;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The ports by which a guest ends its run: sleep control of hardware-reduced ACPI, the reset
 * control register of PC chipsets, and the keyboard controller, which resets a PC since the PC/AT.
 *
 * <p>Safe for use by any thread.
 */
public final class PowerPorts {
  /** ACPI's sleep control register, a byte; the sleep status register follows. */
  public static final int SLEEP_PORT = 0x600;

  /** Reset control register, a byte. */
  public static final int RESET_PORT = 0xcf9;

  /**
   * What is written to {@link #RESET_PORT} for a reset: bit 2 starts it, bit 1 makes it a hard one.
   */
  public static final int RESET_VALUE = 6;

  /** The sleep type that stands for S5, soft off; the DSDT names it to the guest. */
  public static final int SLEEP_TYPE_OFF = 5;

  private static final int KEYBOARD_PORT = 0x64;
  private static final int PULSE_RESET_LINE = 0xfe;
  private static final int START_RESET = 1 << 2;
  private static final int SLEEP_ENABLE = 1 << 5;

  /** The sleep type in bits 2 to 4, and what enters it. */
  private static final int SLEEP_BITS = 7 << 2 | SLEEP_ENABLE;

  private final Consumer<GuestEnd> ended;

  /**
   * Creates the ports.
   *
   * @param ended called each time that the guest asks for an end, on the thread of its vCPU, which
   *     does not go on
   */
  public PowerPorts(Consumer<GuestEnd> ended) {
    this.ended = ended;
  }

  /**
   * Puts the ports on their bus: before the PCI bus, whose address port has the reset port within.
   *
   * @param ports the guest's I/O ports
   */
  public void connect(Bus ports) {
    ports.add(SLEEP_PORT, 2, new Register(this::sleep));
    ports.add(RESET_PORT, 1, new Register(this::reset));
    ports.add(KEYBOARD_PORT, 1, new Register(this::keyboard));
  }

  private CompletableFuture<Void> sleep(long offset, long value) {
    boolean off = offset == 0 && (value & SLEEP_BITS) == (SLEEP_TYPE_OFF << 2 | SLEEP_ENABLE);
    return off ? end(GuestEnd.Kind.POWER_OFF, "power-off by ACPI") : BusDevice.DONE;
  }

  private CompletableFuture<Void> reset(long offset, long value) {
    boolean starts = (value & START_RESET) != 0;
    return starts ? end(GuestEnd.Kind.RESET, "reset by port 0xcf9") : BusDevice.DONE;
  }

  private CompletableFuture<Void> keyboard(long offset, long value) {
    return value == PULSE_RESET_LINE
        ? end(GuestEnd.Kind.RESET, "reset by the keyboard controller")
        : BusDevice.DONE;
  }

  /** The instruction that asks for the end never completes. */
  private CompletableFuture<Void> end(GuestEnd.Kind kind, String how) {
    ended.accept(new GuestEnd(kind, how));
    return new CompletableFuture<>();
  }

  private interface Write {
    CompletableFuture<Void> to(long offset, long value);
  }

  /** Reads as 0, which for the keyboard controller means that it is ready for a command. */
  private record Register(Write write) implements BusDevice {
    @Override
    public long read(long offset, int width) {
      return 0;
    }

    @Override
    public CompletableFuture<Void> write(long offset, int width, long value) {
      return write.to(offset, value & 0xff);
    }
  }
}
