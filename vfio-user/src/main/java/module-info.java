/**
 * A server of vfio-user: a VMM that nobody patches uses a PCI device that this process owns, over a
 * Unix socket, and shares the guest's memory with it.
 *
 * <p>{@link dev.aerostat.vfio.user.VfioUserGuest} is the way in. Whoever drives the device
 * implements {@link dev.aerostat.vfio.user.ServedDevice}, and whoever maps the guest's memory
 * {@link dev.aerostat.vfio.user.GuestMemoryHost}. All native calls are made by {@code
 * dev.aerostat.memory.linux}, the module to name in {@code --enable-native-access}.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.vfio.user {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.mapper.vfio;
  requires dev.aerostat.memory.linux;

  exports dev.aerostat.vfio.user;
}
