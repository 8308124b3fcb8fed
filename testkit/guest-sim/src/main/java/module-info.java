/**
 * The driver side of virtio-balloon, behaving as Linux does: a published mock that simulations,
 * replays and fuzzers drive a device with.
 *
 * <p>It shares no code with the device side, so where the two agree, they agree about the
 * specification and not about a common mistake.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.guest.sim {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;

  exports dev.aerostat.guest.sim;
}
