package dev.aerostat.vmm;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.engine.Strategy;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.MachineSettings.Transport;
import dev.aerostat.vmm.bus.GuestEnd;
import dev.aerostat.vmm.console.ConsoleOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Boots guests over and over in the emulated machine, to see whether one dies, and where: {@code
 * BootLoop ROUNDS SHAPE...}, where a shape is {@code PROCESSORS/MIB}. A guest has the first device
 * of the machine. Each boot is told by a line, the console only of one that does not end as it
 * should.
 *
 * <p>A guest that dies before its first process prints has met the emulated processor, most likely,
 * and is booted once more; each repeat is told and counted. The exit code is 1 if a guest dies
 * twice so, or at any later time.
 */
final class BootLoop {
  /** Far more than it takes: a machine that is shared is slow. */
  private static final int MOST_SECONDS = 400;

  private final int processors;
  private final long memoryBytes;
  private final List<String> console = new ArrayList<>();

  private BootLoop(String shape) {
    String[] parts = shape.split("/", -1);
    processors = Integer.parseInt(parts[0]);
    memoryBytes = Long.parseLong(parts[1]) << 20;
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[0]);
    List<String> shapes = List.of(arguments).subList(1, arguments.length);
    int repeated = 0;
    int died = 0;
    for (int round = 1; round <= rounds; round++) {
      for (String shape : shapes) {
        String label = "LOOP %d %s: ".formatted(round, shape);
        Outcome outcome = new BootLoop(shape).boot(label);
        if (outcome == Outcome.DIED_EARLY) {
          repeated++;
          outcome = new BootLoop(shape).boot(label + "again: ");
        }
        died += outcome == Outcome.PASSED ? 0 : 1;
      }
    }
    System.out.printf(
        "LOOP %d guests: %d passed, %d of them after a repeat; %d died%n",
        rounds * shapes.size(), rounds * shapes.size() - died, repeated, died);
    System.out.flush();
    System.exit(died == 0 ? 0 : 1);
  }

  private enum Outcome {
    PASSED,
    /** Before its first process printed. */
    DIED_EARLY,
    DIED
  }

  private Outcome boot(String label) throws IOException, HostRefusedException {
    var timeline = new Timeline(System::nanoTime);
    var output = new ConsoleOutput(OutputStream.nullOutputStream(), console::add);
    GuestEnd end;
    try (var limit = TimeLimit.ofSeconds(MOST_SECONDS);
        var guest = VirtualMachine.build(settings(), timeline, output)) {
      end = limit.run(guest);
    }
    Outcome outcome = outcome(end);
    if (outcome != Outcome.PASSED) {
      console.forEach(line -> System.out.println(label + "| " + line));
    }
    System.out.printf(
        "%s%s: %s after %.1f s, %d MiB ballooned%n",
        label,
        outcome,
        end.how(),
        timeline.nanos(Moment.ENDED).orElseThrow() / 1e9,
        timeline.mostBalloonedBytes() >> 20);
    System.out.flush();
    return outcome;
  }

  private Outcome outcome(GuestEnd end) {
    if (!says("GUEST up: .* %d processors".formatted(processors))) {
      return Outcome.DIED_EARLY;
    }
    boolean ended = end.kind() == GuestEnd.Kind.RESET && says("GUEST ends");
    return ended && !says("GUEST failed.*") ? Outcome.PASSED : Outcome.DIED;
  }

  private boolean says(String pattern) {
    return console.stream().anyMatch(line -> line.matches(pattern));
  }

  /**
   * Without XSAVE, which the emulated processor claims to have in a way that the kernel warns of.
   */
  private MachineSettings settings() {
    return new MachineSettings(
        Path.of("/app/vmlinuz"),
        Optional.of(Path.of("/app/initrd")),
        "noxsave init_on_alloc=0 loglevel=4",
        memoryBytes,
        new MemoryBacking.Anonymous(true),
        processors,
        List.of(MachineDevice.address()),
        1,
        Transport.PCI,
        false,
        Strategy.ASYNC,
        EarlyDma.USUAL,
        OptionalLong.empty());
  }
}
