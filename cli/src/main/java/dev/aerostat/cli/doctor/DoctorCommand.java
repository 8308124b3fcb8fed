package dev.aerostat.cli.doctor;

import dev.aerostat.cli.options.GuestSize;
import dev.aerostat.cli.options.JsonChoice;
import dev.aerostat.cli.text.Console;
import dev.aerostat.mapper.spi.HostExamination;
import dev.aerostat.mapper.spi.HostTree;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.simulation.GuestLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code aerostat doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Examines whether async DMA map can work for real on this host.",
      "",
      "It only looks: it opens no device and changes nothing. What is missing comes first, then"
          + " what costs something, what could not be seen, and what is as it should be; each with"
          + " the commands that put it right.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  aerostat doctor --memory 384G",
      "  aerostat doctor --memory 384G --device 0000:00:05.0"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:async DMA map can work here for a guest of that size",
      "1:something that it needs is missing",
      "2:wrong usage"
    })
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class DoctorCommand implements Callable<Integer> {
  private static final String DEFAULT_MEMORY = "8G";

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = DEFAULT_MEMORY,
      description = "Memory of the guest that is to run here. Default: ${DEFAULT-VALUE}.")
  private GuestSize memory = GuestSize.parse(DEFAULT_MEMORY);

  @Option(
      names = "--device",
      paramLabel = "ADDRESS",
      description =
          "A device that the guest is to get, such as 0000:00:05.0; may be repeated. Without it"
              + " any will do.")
  private List<String> devices = new ArrayList<>();

  @Mixin private JsonChoice json;

  private final Console console;

  /**
   * Creates the command.
   *
   * @param console where the user is
   */
  public DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var examination =
        new HostExamination(HostTree.local(), GuestLayout.q35(memory.size().bytes()), devices);
    List<InstalledMapper> mappers =
        MapperProvider.installed().stream().filter(mapper -> !mapper.simulated()).toList();
    Diagnosis found = Diagnosis.of(examination, mappers);
    Diagnosis diagnosis =
        System.getProperty("user.name", "").equals("root") ? found.withoutSudo() : found;
    console.print(json.isWanted() ? DiagnosisJson.of(diagnosis) : DiagnosisText.of(diagnosis));
    return diagnosis.failure().isPresent() ? ExitCode.SOFTWARE : ExitCode.OK;
  }
}
