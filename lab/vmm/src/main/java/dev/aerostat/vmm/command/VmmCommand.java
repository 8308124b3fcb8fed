package dev.aerostat.vmm.command;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.vmm.Timeline;
import dev.aerostat.vmm.VirtualMachine;
import dev.aerostat.vmm.bus.GuestEnd;
import dev.aerostat.vmm.console.ConsoleInput;
import dev.aerostat.vmm.console.ConsoleOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command. */
@Command(
    name = "lab/vmm/run",
    sortOptions = false,
    description = {
      "Boots a Linux guest on this host's KVM, with its devices, and prints when they could do DMA.",
      "",
      "The guest's console is standard input and output. The run ends when the guest switches itself"
          + " off or resets itself, or with Ctrl-C; then comes what happened when. A guest that"
          + " prints a line 'aerostat: first-dma' reports when its device's DMA first arrived.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  lab/vmm/run --kernel vmlinuz --initrd initrd --memory 8G --device 0000:00:05.0 --cpus 2",
      "  lab/vmm/run --kernel vmlinuz --initrd initrd --memory 1G --slowdown 40"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the guest switched itself off, reset itself, or was ended by Ctrl-C",
      "1:the host lacks something or refused, or the guest crashed",
      "2:wrong usage"
    })
final class VmmCommand implements Callable<Integer> {
  private static final GuestEnd STOPPED =
      new GuestEnd(GuestEnd.Kind.STOPPED, "stopped by the user");

  @Mixin private MachineOptions machine = new MachineOptions();

  @Option(
      names = "--json",
      description = {
        "Print what happened as a line of JSON; the guest's console goes to standard error."
      })
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean help;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  VmmCommand(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws IOException, HostRefusedException {
    try (var interruption = Interruption.open()) {
      TimelineReport report = boot(interruption);
      out.print(json ? TimelineJson.of(report) : "\n" + ReportText.of(report));
      out.flush();
      return exitCode(report.end());
    }
  }

  private TimelineReport boot(Interruption interruption) throws IOException, HostRefusedException {
    var timeline = new Timeline(System::nanoTime);
    var output = new ConsoleOutput(json ? err : out, timeline::line);
    var settings = machine.settings();
    VirtualMachine guest = VirtualMachine.build(settings, timeline, output);
    GuestEnd end;
    try (guest;
        ConsoleInput _ = ConsoleInput.start(in, guest.console())) {
      interruption.calls(() -> guest.end(STOPPED));
      end = guest.run();
    }
    return new TimelineReport(
        settings,
        guest.mapper(),
        timeline,
        guest.engine().counters(),
        guest.engine().deviceCounters(),
        end);
  }

  private int exitCode(GuestEnd end) {
    return switch (end.kind()) {
      case POWER_OFF, RESET, STOPPED -> 0;
      case CRASH, FAILURE -> {
        err.println("lab/vmm/run: " + end.how());
        yield 1;
      }
    };
  }
}
