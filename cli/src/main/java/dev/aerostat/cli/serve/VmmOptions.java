package dev.aerostat.cli.serve;

import dev.aerostat.cli.options.GatePolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options that a VMM needs for what is served, as its users write them. */
final class VmmOptions {
  private static final String CONTINUED = " \\\n  ";

  private VmmOptions() {}

  /** Returns QEMU's options, one a line. */
  static String ofQemu(PassthroughSettings settings, List<String> buses, long timeoutMillis) {
    var options = new ArrayList<String>();
    options.add("-machine q35,memory-backend=ram");
    options.add("-object memory-backend-memfd,id=ram,size=SIZE,share=on -m SIZE");
    settings
        .balloonSocket()
        .ifPresent(
            path ->
                options.add(
                    "-chardev socket,id=balloon,path=%s -device vhost-user-test-device-pci,chardev=balloon,virtio-id=5,num_vqs=5,config_size=16,vq_size=128"
                        .formatted(path)));
    settings.memorySocket().ifPresent(path -> options.add(device(path, "memory", timeoutMillis)));
    for (int i = 0; i < settings.sockets().size(); i++) {
      options.add(
          settings.policy() == GatePolicy.PLUG
              ? "-device pcie-root-port,id=%s,chassis=%d,slot=%d"
                  .formatted(i < buses.size() ? buses.get(i) : "rp" + i, i + 1, i + 1)
              : device(settings.sockets().get(i), "aerostat" + i, timeoutMillis));
    }
    return String.join(CONTINUED, options);
  }

  private static String device(Path socket, String id, long timeoutMillis) {
    return "-device '{\"driver\":\"vfio-user-pci\",\"id\":\"%s\",\"socket\":{\"type\":\"unix\",\"path\":\"%s\"},\"x-msg-timeout\":%d}'"
        .formatted(id, socket, timeoutMillis);
  }

  /** Returns cloud-hypervisor's options, one a line. */
  static String ofCloudHypervisor(PassthroughSettings settings) {
    var options = new ArrayList<String>();
    options.add("--memory size=SIZE,shared=on");
    settings
        .balloonSocket()
        .ifPresent(
            path ->
                options.add(
                    "--generic-vhost-user socket=%s,device_type=5,queue_sizes=[128,128,128,128,128]"
                        .formatted(path)));
    settings.memorySocket().ifPresent(path -> options.add("--user-device socket=" + path));
    if (settings.policy() != GatePolicy.PLUG) {
      settings.sockets().forEach(path -> options.add("--user-device socket=" + path));
    }
    return String.join(CONTINUED, options);
  }
}
