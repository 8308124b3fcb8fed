/**
 * Host memory on Linux, through java.lang.foreign: allocate, populate, discard, share.
 *
 * <p>All of Aerostat's native calls are made by this module, so it is the one to name in {@code
 * --enable-native-access=dev.aerostat.memory.linux} ({@code ALL-UNNAMED} on the class path).
 */
@SuppressWarnings("module") // The modules of the qualified export are compiled after this one.
@org.jspecify.annotations.NullMarked
module dev.aerostat.memory.linux {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;

  exports dev.aerostat.memory.linux;
  exports dev.aerostat.memory.linux.socket to
      dev.aerostat.cli,
      dev.aerostat.vfio.user,
      dev.aerostat.vhost.user;
  exports dev.aerostat.memory.linux.syscall to
      dev.aerostat.mapper.vfio,
      dev.aerostat.vfio.user,
      dev.aerostat.vhost.guest,
      dev.aerostat.vhost.user,
      dev.aerostat.vmm;
}
