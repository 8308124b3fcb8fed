/**
 * The device side of virtio-mem: its features, config space and requests, on guest memory in place.
 *
 * <p>It has two doors. A VMM configures a device by {@link dev.aerostat.mem.virtio.MemSettings} and
 * drives it by {@link dev.aerostat.virtio.VirtioDevice}. The engine holds the device itself: {@code
 * dev.aerostat.mem.virtio.device} is exported to it and to the simulation's runner only. The module
 * provides and uses no service.
 */
@SuppressWarnings("module") // The modules of the qualified export are compiled after this one.
@org.jspecify.annotations.NullMarked
module dev.aerostat.mem.virtio {
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.virtio;
  requires static transitive org.jspecify;

  exports dev.aerostat.mem.virtio;
  exports dev.aerostat.mem.virtio.device to
      dev.aerostat.engine,
      dev.aerostat.simulation;
}
