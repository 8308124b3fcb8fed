package dev.aerostat.mapper.vfio.machine;

import com.sun.management.ThreadMXBean;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Rounds of maps and unmaps, from Java and from a C program with a device of its own, by turns:
 * medians over the rounds, and what a call allocates.
 */
final class CostInGuest {
  private static final long MEMORY = 32L << 20;
  private static final long IOVA = 1L << 32;
  private static final int WARM_UP_ROUNDS = 40;
  private static final int ROUNDS = 41;

  private final HostAddress memory;
  private final VfioMapper mapper;
  private final BufferedReader answers;
  private final PrintWriter questions;

  private CostInGuest(LinuxGuestMemory memory, VfioMapper mapper, Process c) {
    this.memory = memory.guestMemory().region(0).hostAddress(0);
    this.mapper = mapper;
    this.answers = c.inputReader(StandardCharsets.UTF_8);
    this.questions = new PrintWriter(c.outputWriter(StandardCharsets.UTF_8), true);
  }

  public static void main(String[] arguments) throws Exception {
    List<PciAddress> devices = GuestDevices.all();
    try (var memory =
            LinuxGuestMemory.allocate(
                List.of(GuestRange.ofLength(0, MEMORY)), new MemoryBacking.Anonymous(true));
        var mapper = VfioMapper.open(devices.subList(0, 1))) {
      mapper.hostMemory().populate(memory.guestMemory().region(0).hostAddress(0), MEMORY);
      Process c =
          new ProcessBuilder("/app/cost", group(devices.get(1)), devices.get(1).text())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      var cost = new CostInGuest(memory, mapper, c);
      cost.compare(4 << 10, 1000);
      cost.compare(2 << 20, 500);
      cost.questions.close();
    }
  }

  private static String group(PciAddress device) throws IOException {
    Path link = Path.of("/sys/bus/pci/devices", device.text(), "iommu_group");
    return String.valueOf(link.toRealPath().getFileName());
  }

  private void compare(long bytes, int calls) throws IOException, HostRefusedException {
    IovaRange[] iovas = new IovaRange[calls];
    HostAddress[] hosts = new HostAddress[calls];
    for (int i = 0; i < calls; i++) {
      iovas[i] = IovaRange.ofLength(IOVA + i * bytes, bytes);
      hosts[i] = memory.plus(i * bytes % MEMORY);
    }
    long[] java = new long[2];
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      round(iovas, hosts, java);
    }
    long[][] javaNanos = new long[2][ROUNDS];
    long[][] cNanos = new long[2][ROUNDS];
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = 0;
    for (int i = 0; i < ROUNDS; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      round(iovas, hosts, java);
      allocated += threads.getCurrentThreadAllocatedBytes() - before;
      questions.println(bytes + " " + calls);
      String answer = String.valueOf(answers.readLine());
      int space = answer.indexOf(' ');
      javaNanos[0][i] = java[0];
      javaNanos[1][i] = java[1];
      cNanos[0][i] = Long.parseLong(answer.substring(0, space));
      cNanos[1][i] = Long.parseLong(answer.substring(space + 1));
    }
    show(bytes, "map", javaNanos[0], cNanos[0]);
    show(bytes, "unmap", javaNanos[1], cNanos[1]);
    System.out.printf(
        "COST %d calls a side, %.3f bytes allocated a call%n",
        ROUNDS * calls, (double) allocated / (2L * ROUNDS * calls));
  }

  /** Writes the nanoseconds of a map and of an unmap. */
  private void round(IovaRange[] iovas, HostAddress[] hosts, long[] nanos)
      throws HostRefusedException {
    long start = System.nanoTime();
    for (int i = 0; i < iovas.length; i++) {
      mapper.map(iovas[i], hosts[i]);
    }
    long middle = System.nanoTime();
    for (IovaRange iova : iovas) {
      long _ = mapper.unmap(iova);
    }
    nanos[0] = (middle - start) / iovas.length;
    nanos[1] = (System.nanoTime() - middle) / iovas.length;
  }

  private static void show(long bytes, String call, long[] java, long[] c) {
    System.out.printf(
        "COST %7d bytes %5s: java %d ns, c %d ns, ratio %.3f%n",
        bytes, call, median(java), median(c), (double) median(java) / median(c));
  }

  private static long median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }
}
