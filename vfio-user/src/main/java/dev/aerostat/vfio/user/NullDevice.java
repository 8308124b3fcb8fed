package dev.aerostat.vfio.user;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * A PCI device that does nothing: no BAR, no interrupt, no DMA, and no driver that would take it.
 * By it a VMM shares its guest's memory from the start, before the guest's real devices are
 * plugged. One thread.
 */
public final class NullDevice implements ServedDevice {
  /** QEMU's vendor id for devices of examples, and a number that none of them has. */
  private static final int VENDOR_AND_DEVICE = 0x0001_1234;

  private static final int CLASS_UNASSIGNED = 0xff00_0000;
  private static final int CONFIG_BYTES = 256;

  private final SoftwareConfigSpace config = new SoftwareConfigSpace(CONFIG_BYTES);

  /** Creates a device. */
  public NullDevice() {
    config.put(0, VENDOR_AND_DEVICE);
    config.put(8, CLASS_UNASSIGNED);
  }

  @Override
  public void connected() {
    config.reset();
  }

  @Override
  public boolean resettable() {
    return true;
  }

  @Override
  public DeviceRegion region(int index) {
    return index == CONFIG_REGION
        ? DeviceRegion.of(index, DeviceRegion.READ | DeviceRegion.WRITE, CONFIG_BYTES)
        : DeviceRegion.of(index, 0, 0);
  }

  @Override
  public PassedFile openFile(int index) throws IOException {
    throw new IOException("region %d cannot be mapped".formatted(index));
  }

  @Override
  public DeviceInterrupts interrupts(int index) {
    return new DeviceInterrupts(index, 0, 0);
  }

  @Override
  public void setInterrupts(InterruptRequest request) {
    request.eventfds().forEach(PassedFile::close);
  }

  @Override
  public void read(int region, long offset, MemorySegment into) {
    config.read((int) offset, into);
  }

  @Override
  public CompletableFuture<Void> write(int region, long offset, MemorySegment from) {
    config.write((int) offset, from);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void reset() {
    config.reset();
  }

  @Override
  public void disconnected() {}
}
