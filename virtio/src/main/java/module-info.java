/**
 * What every virtio device shares, whatever its class: the registers that a transport accesses, and
 * the device's end of a split virtqueue, on guest memory in place.
 *
 * <p>A transport (virtio-mmio, virtio-pci, vhost-user) needs {@link
 * dev.aerostat.virtio.VirtioDevice} only; {@code dev.aerostat.virtio.transport} has the first two
 * as register blocks. {@code dev.aerostat.virtio.device} holds what a device is built from, and
 * only modules that hold a device see it. The module provides and uses no service.
 */
@SuppressWarnings("module") // The modules of the qualified export are compiled after this one.
@org.jspecify.annotations.NullMarked
module dev.aerostat.virtio {
  requires transitive dev.aerostat.api;
  requires static transitive org.jspecify;

  exports dev.aerostat.virtio;
  exports dev.aerostat.virtio.transport;
  exports dev.aerostat.virtio.device to
      dev.aerostat.balloon.virtio,
      dev.aerostat.mem.virtio;
}
