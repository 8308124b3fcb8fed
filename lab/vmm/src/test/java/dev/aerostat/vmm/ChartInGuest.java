package dev.aerostat.vmm;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.LinuxHostMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.boot.AddressMap;
import dev.aerostat.vmm.bus.GuestEnd;
import dev.aerostat.vmm.console.ConsoleOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Measures, in the emulated machine, how long it takes from the start of the VMM until the first
 * DMA of a guest's device arrives: {@code ChartInGuest ROUNDS RESIDENT-MIB SECONDS-PER-GIB MIB...}.
 * Each round boots each size in each {@link ChartWay}, so that a minute in which the host is slow
 * hurts them alike. To map a GiB takes so many seconds longer than this machine needs: so a small
 * guest stands for a large one. Prints a line as each guest ends, then the table, then each guest
 * as a line of JSON.
 *
 * <p>A guest that dies before its first process prints is booted once more, and that is told.
 */
final class ChartInGuest {
  /** Far more than it takes: a machine that is shared is slow. */
  private static final int MOST_SECONDS = 1200;

  /** All, or those that somebody looks into: {@code -Dinside.ways=async_4k,sync}. */
  private static final List<ChartWay> WAYS =
      Arrays.stream(System.getProperty("inside.ways", "sync,async_4k,async_2m").split(","))
          .map(name -> ChartWay.valueOf(name.toUpperCase(Locale.ROOT)))
          .toList();

  /** If it were to end itself, its balloon would be reset, and wait until all is mapped. */
  private static final GuestEnd DMA_ARRIVED =
      new GuestEnd(GuestEnd.Kind.STOPPED, "its DMA has arrived");

  private final CompletableFuture<VirtualMachine> running = new CompletableFuture<>();
  private final ChartWay way;
  private final MachineSettings settings;
  private final double secondsPerGib;
  private final List<String> console = new ArrayList<>();
  private final Timeline timeline = new Timeline(System::nanoTime);

  private ChartInGuest(ChartWay way, MachineSettings settings, double secondsPerGib) {
    this.way = way;
    this.settings = settings;
    this.secondsPerGib = secondsPerGib;
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[0]);
    long resident = bytes(arguments[1]);
    double secondsPerGib = Double.parseDouble(arguments[2]);
    List<Long> sizes =
        List.of(arguments).subList(3, arguments.length).stream().map(ChartInGuest::bytes).toList();
    touch(Collections.max(sizes));
    var chart = new Chart();
    for (int round = 1; round <= rounds; round++) {
      for (long size : sizes) {
        for (ChartWay way : WAYS) {
          chart.add(measure(way, way.settings(size, resident), secondsPerGib));
        }
      }
    }
    System.out.print(chart.table());
    System.out.print(chart.json());
    System.out.flush();
    System.exit(0);
  }

  private static long bytes(String mebibytes) {
    return Long.parseLong(mebibytes) << 20;
  }

  /** Has the emulator find its own memory now: the first guest would wait for that, too. */
  private static void touch(long bytes) throws IOException, HostRefusedException {
    var backing = new MemoryBacking.Anonymous(true);
    try (var memory = LinuxGuestMemory.allocate(new AddressMap(bytes).ram(), backing)) {
      for (MemoryRegion region : memory.guestMemory().regions()) {
        new LinuxHostMemory()
            .populate(new HostAddress(region.segment().address()), region.segment().byteSize());
      }
    }
  }

  private static Chart.Boot measure(ChartWay way, MachineSettings settings, double secondsPerGib)
      throws IOException, HostRefusedException {
    Optional<Chart.Boot> measured = new ChartInGuest(way, settings, secondsPerGib).boot();
    if (measured.isEmpty()) {
      measured = new ChartInGuest(way, settings, secondsPerGib).boot();
    }
    return measured.orElseThrow(() -> new AssertionError("a guest died twice while it booted"));
  }

  /** Returns nothing for a guest that died before its first process printed. */
  private Optional<Chart.Boot> boot() throws IOException, HostRefusedException {
    var output = new ConsoleOutput(OutputStream.nullOutputStream(), this::line);
    GuestEnd end;
    try (var limit = TimeLimit.ofSeconds(MOST_SECONDS);
        var guest = VirtualMachine.build(settings, timeline, output, this::openMapper)) {
      boolean _ = running.complete(guest);
      end = limit.run(guest);
    }
    if (timeline.nanos(Moment.FIRST_DMA).isPresent()) {
      var boot = Chart.Boot.of(way, settings.memoryBytes(), timeline);
      System.out.println("CHART " + boot.line());
      System.out.flush();
      return Optional.of(boot);
    }
    console.forEach(System.out::println);
    System.out.printf("CHART %s: no DMA arrived, ended by %s%n", way.words(), end);
    if (console.stream().anyMatch(line -> line.startsWith("GUEST up"))) {
      throw new AssertionError("no DMA of the guest arrived");
    }
    return Optional.empty();
  }

  private HostMapper openMapper(MachineSettings wanted, GuestMemory memory)
      throws HostRefusedException {
    HostMapper real = HostMapper.open(wanted, memory);
    var slow = new SlowMapper(real.mapper(), secondsPerGib);
    return new HostMapper(real.name(), slow, real.devices());
  }

  private void line(String line) {
    console.add(line);
    timeline.line(line);
    if (timeline.nanos(Moment.FIRST_DMA).isPresent()) {
      running.join().end(DMA_ARRIVED);
    }
  }
}
