package dev.aerostat.cli.serve;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.mapper.vfio.VfioMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code aerostat passthrough}. */
@Command(
    name = "passthrough",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Gives devices of this host to the guest of a stock VMM, over vfio-user, and maps its memory"
          + " in the background.",
      "",
      "The VMM is a QEMU from 10.1 on, or a cloud-hypervisor; nothing in it or in its guest is"
          + " patched. Serves one guest after the other until Ctrl-C, or SIGTERM.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  aerostat passthrough --device 0000:41:00.0 --socket /run/gpu --print-qemu",
      "  aerostat passthrough --device 0000:41:00.0 --socket /run/gpu --qmp /run/qmp",
      "  aerostat passthrough --device 0000:41:00.0 --socket /run/gpu --gate hold \\",
      "    --balloon-socket /run/balloon"
    })
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class PassthroughCommand implements Callable<Integer> {
  @Mixin private PassthroughOptions options;

  @Option(
      names = "--print-qemu",
      description = "Print the options that QEMU needs for this, and end.")
  private boolean printQemu;

  @Option(
      names = "--print-ch",
      description = "Print the options that cloud-hypervisor needs for this, and end.")
  private boolean printCloudHypervisor;

  @Option(
      names = "--json",
      description = "Print a JSON object in a line for each event; docs/json.md lists them.")
  private boolean json;

  private final Console console;

  /**
   * Creates the command.
   *
   * @param console where the user is
   */
  public PassthroughCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    PassthroughSettings settings = options.settings();
    Optional<QmpPlug> plug = options.plug();
    if (printQemu) {
      console.print(
          VmmOptions.ofQemu(settings, options.buses(), options.messageTimeoutMillis()) + '\n');
    } else if (printCloudHypervisor) {
      console.print(VmmOptions.ofCloudHypervisor(settings) + '\n');
    } else {
      serve(settings, plug);
    }
    return 0;
  }

  private void serve(PassthroughSettings settings, Optional<QmpPlug> plug) throws IOException {
    var log = new ServeLog(console, json);
    try (var signals = new EndBySignal();
        VfioMapper mapper = open(settings);
        var passthrough = Passthrough.of(settings, mapper, plug, log)) {
      var service =
          ServiceState.toldTo(Optional.ofNullable(System.getenv("NOTIFY_SOCKET")), console);
      try {
        signals.end(
            () -> {
              service.stopping();
              passthrough.end();
            });
        passthrough.start();
        service.ready();
        passthrough.awaitEnd();
      } finally {
        service.stopping();
      }
    }
  }

  private static VfioMapper open(PassthroughSettings settings) {
    try {
      return VfioMapper.open(settings.devices());
    } catch (HostRefusedException refused) {
      throw new CommandFailedException(String.valueOf(refused.getMessage()), refused);
    }
  }
}
