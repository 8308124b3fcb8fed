/**
 * The {@code aerostat} command: simulated boots, their comparison, recorded traffic replayed, the
 * contract of a mapper tried on this host, the host itself examined, and real guests served.
 *
 * <p>Mappers that it finds are plugins of {@link dev.aerostat.mapper.spi}; it names none but that
 * of VFIO, whose devices {@code passthrough} serves. It exports nothing; picocli alone is let in,
 * to read the commands' annotations.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.cli {
  requires static transitive org.jspecify;
  requires dev.aerostat.api;
  requires dev.aerostat.mapper.contract;
  requires dev.aerostat.balloon.virtio;
  requires dev.aerostat.engine;
  requires dev.aerostat.mapper.spi;
  requires dev.aerostat.memory.linux;
  requires dev.aerostat.simulation;
  requires dev.aerostat.tracker;
  requires dev.aerostat.mapper.vfio;
  requires dev.aerostat.vfio.user;
  requires dev.aerostat.vhost.user;
  requires HdrHistogram;
  requires info.picocli;
  requires jdk.httpserver; // For plugins that publish metrics: a layer above cannot ask for it.
  requires jdk.jfr;
  requires me.tongfei.progressbar;
  requires tools.jackson.core;

  uses dev.aerostat.engine.MetricsEndpoint.Provider;

  opens dev.aerostat.cli to
      info.picocli;
  opens dev.aerostat.cli.boot to
      info.picocli;
  opens dev.aerostat.cli.doctor to
      info.picocli;
  opens dev.aerostat.cli.jfr to
      info.picocli;
  opens dev.aerostat.cli.options to
      info.picocli;
  opens dev.aerostat.cli.report to
      info.picocli;
  opens dev.aerostat.cli.selftest to
      info.picocli;
  opens dev.aerostat.cli.serve to
      info.picocli;
}
