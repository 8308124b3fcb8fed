/**
 * A simulated guest at the front end of vhost-user: a published mock of what User Mode Linux and
 * QEMU are to a back end.
 *
 * <p>It shares no code with the back end, so where the two agree, they agree about the protocol and
 * not about a common mistake. Native calls are made by {@code dev.aerostat.memory.linux}, the
 * module to name in {@code --enable-native-access}.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.vhost.guest {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.guest.sim;
  requires dev.aerostat.memory.linux;

  exports dev.aerostat.vhost.guest;
}
