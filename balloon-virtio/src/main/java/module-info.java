/**
 * The device side of virtio-balloon: features, config space, rings and messages, on guest memory in
 * place.
 *
 * <p>It knows no engine and no transport: whoever owns the event thread implements {@link
 * dev.aerostat.balloon.virtio.BalloonEvents}, whoever owns the guest's registers implements {@link
 * dev.aerostat.balloon.virtio.BalloonTransport}. It provides and uses no service.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.balloon.virtio {
  requires transitive dev.aerostat.api;
  requires static transitive org.jspecify;

  exports dev.aerostat.balloon.virtio;
}
