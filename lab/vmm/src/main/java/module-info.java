/**
 * A small VMM on KVM, to be read: it boots a stock Linux with a device that is passed through, and
 * maps the guest's memory for that device while the guest boots.
 *
 * <p>It exports nothing; picocli alone is let in, to read the command's annotations.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.vmm {
  requires static transitive org.jspecify;
  requires dev.aerostat.api;
  requires dev.aerostat.balloon.virtio;
  requires dev.aerostat.engine;
  requires dev.aerostat.mapper.spi;
  requires dev.aerostat.mapper.vfio;
  requires dev.aerostat.memory.linux;
  requires dev.aerostat.virtio;
  requires info.picocli;
  requires tools.jackson.core;

  opens dev.aerostat.vmm.command to
      info.picocli;
}
