/**
 * A transport for the balloon device: the back end of vhost-user, over a Unix socket.
 *
 * <p>{@link dev.aerostat.vhost.user.VhostUserServer} is the way in. Whoever owns the guest's memory
 * map implements {@link dev.aerostat.vhost.user.BalloonHost}. All native calls are made by {@code
 * dev.aerostat.memory.linux}, the module to name in {@code --enable-native-access}.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.vhost.user {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.balloon.virtio;
  requires transitive dev.aerostat.virtio;
  requires dev.aerostat.memory.linux;

  exports dev.aerostat.vhost.user;
}
