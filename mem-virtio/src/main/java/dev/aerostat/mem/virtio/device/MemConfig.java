package dev.aerostat.mem.virtio.device;

import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.virtio.device.DeviceConfig;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * The device's config space (virtio 1.2, section 5.15.4), little-endian; all of it the device's.
 *
 * <pre>
 *    0  block_size        8  node_id, 6 bytes of padding
 *   16  addr             24  region_size           32  usable_region_size
 *   40  plugged_size     48  requested_size
 * </pre>
 *
 * <p>What changes, changes with the generation in one atomic step. That moves only when a field has
 * changed that was read since (section 2.5.1).
 */
final class MemConfig implements DeviceConfig {
  private static final int SIZE = 56;

  private record Content(long plugged, long requested, int generation, boolean read) {
    Content changed(long newPlugged, long newRequested) {
      if (newPlugged == plugged && newRequested == requested) {
        return this;
      }
      return new Content(newPlugged, newRequested, read ? generation + 1 : generation, false);
    }

    Content wasRead() {
      return new Content(plugged, requested, generation, true);
    }
  }

  private final MemSettings settings;
  private final AtomicReference<Content> content =
      new AtomicReference<>(new Content(0, 0, 0, false));

  MemConfig(MemSettings settings) {
    this.settings = settings;
  }

  long plugged() {
    return content.get().plugged();
  }

  long requested() {
    return content.get().requested();
  }

  void setPlugged(long bytes) {
    change(now -> now.changed(bytes, now.requested()));
  }

  /** Returns whether that changed it. */
  boolean setRequested(long bytes) {
    boolean another = requested() != bytes;
    change(now -> now.changed(now.plugged(), bytes));
    return another;
  }

  private void change(UnaryOperator<Content> change) {
    Content _ = content.getAndUpdate(change);
  }

  @Override
  public int size() {
    return SIZE;
  }

  /** A look at it counts as a read: the driver is about to read the fields. */
  @Override
  public int generation() {
    return seen().generation();
  }

  @Override
  public long read(int offset, int width) {
    Content now = seen();
    int shift = Byte.SIZE * (offset & 7);
    long bits = word(now, offset / Long.BYTES) >>> shift;
    if (shift > 0) {
      bits |= word(now, offset / Long.BYTES + 1) << (Long.SIZE - shift);
    }
    return width == Long.BYTES ? bits : bits & ((1L << (Byte.SIZE * width)) - 1);
  }

  private long word(Content now, int index) {
    return switch (index) {
      case 0 -> settings.blockBytes();
      case 2 -> settings.region().start();
      case 3, 4 -> settings.region().length();
      case 5 -> now.plugged();
      case 6 -> now.requested();
      default -> 0; // node_id counts with ACPI_PXM only, which is not offered.
    };
  }

  private Content seen() {
    Content now = content.get();
    while (!now.read() && !content.compareAndSet(now, now.wasRead())) {
      now = content.get();
    }
    return now;
  }

  /** Nothing of it is the driver's to write. */
  @Override
  public void write(int offset, int width, long value) {}
}
