/**
 * The device side of virtio-balloon: its features, config space and messages, on guest memory in
 * place.
 *
 * <p>It has two doors. A VMM configures a device by {@link
 * dev.aerostat.balloon.virtio.BalloonSettings} and drives it by {@link
 * dev.aerostat.virtio.VirtioDevice}. The engine holds the device itself: {@code
 * dev.aerostat.balloon.virtio.device} is exported to it and to the simulation's runner only. The
 * module provides and uses no service.
 */
@SuppressWarnings("module") // The modules of the qualified export are compiled after this one.
@org.jspecify.annotations.NullMarked
module dev.aerostat.balloon.virtio {
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.virtio;
  requires static transitive org.jspecify;

  exports dev.aerostat.balloon.virtio;
  exports dev.aerostat.balloon.virtio.device to
      dev.aerostat.engine,
      dev.aerostat.simulation;
}
