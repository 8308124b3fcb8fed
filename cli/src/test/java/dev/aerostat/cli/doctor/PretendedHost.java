package dev.aerostat.cli.doctor;

import dev.aerostat.mapper.spi.HostExamination;
import dev.aerostat.mapper.spi.HostTree;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.simulation.GuestLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files as a host's /proc, /sys and /dev have them, below a directory of a test. */
record PretendedHost(Path root) {
  static final String EDU = "0000:00:05.0";
  static final String THP = "sys/kernel/mm/transparent_hugepage/";

  /** The kernel lets nobody write here, root included (proc_sys_permission). */
  private static final Path UNWRITABLE = Path.of("/proc/sys/kernel/osrelease");

  /** A host with 512 GiB and a device for a guest, that wants for nothing. */
  static PretendedHost good(Path root) throws IOException {
    var host = new PretendedHost(root);
    host.kernel();
    host.memory(512, 500);
    host.pages();
    host.write("dev/kvm", "");
    host.write("dev/vfio/vfio", "");
    host.write("dev/vfio/7", "");
    host.write("sys/module/vfio_iommu_type1/parameters/dma_entry_limit", "65535\n");
    host.device(EDU, 7, "vfio-pci");
    return host;
  }

  private void kernel() throws IOException {
    write("proc/sys/kernel/osrelease", "6.12.48-amd64\n");
    write("proc/self/status", "CapEff:\t0000000000000000\n");
    write(
        "proc/self/limits", "Max locked memory         unlimited            unlimited    bytes\n");
    write("proc/self/cgroup", "0::/user.slice/vmm.scope\n");
    write("sys/fs/cgroup/user.slice/vmm.scope/memory.max", "max\n");
    write("proc/sys/vm/overcommit_memory", "0\n");
  }

  /** Memory on two nodes, in GiB. */
  void memory(int total, int available) throws IOException {
    write(
        "proc/meminfo",
        """
        MemTotal:       %d kB
        MemFree:        %d kB
        MemAvailable:   %d kB
        CommitLimit:    %d kB
        Committed_AS:   %d kB
        """
            .formatted(kib(total), kib(available), kib(available), kib(total), kib(2)));
    node(0, available / 2);
    node(1, available - available / 2);
  }

  void node(int number, int free) throws IOException {
    write(
        "sys/devices/system/node/node%d/meminfo".formatted(number),
        "Node %d MemTotal: 1 kB\nNode %d MemFree:    %d kB\n".formatted(number, number, kib(free)));
  }

  private static long kib(int gib) {
    return (long) gib << 20;
  }

  private void pages() throws IOException {
    write(THP + "enabled", "always [madvise] never\n");
    write(THP + "defrag", "always defer defer+madvise [madvise] never\n");
    write(THP + "shmem_enabled", "always within_size [advise] never deny force\n");
    write("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "1024\n");
    write("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "1000\n");
  }

  void device(String address, int group, String driver) throws IOException {
    Path device = Files.createDirectories(root.resolve("sys/bus/pci/devices").resolve(address));
    Path itsGroup = root.resolve("sys/kernel/iommu_groups/" + group);
    Path itsDriver = Files.createDirectories(root.resolve("sys/bus/pci/drivers").resolve(driver));
    Files.createDirectories(itsGroup.resolve("devices"));
    Files.createSymbolicLink(itsGroup.resolve("devices").resolve(address), device);
    Files.createSymbolicLink(device.resolve("iommu_group"), itsGroup);
    Files.createSymbolicLink(device.resolve("driver"), itsDriver);
    Files.createSymbolicLink(itsDriver.resolve(address), device);
  }

  void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  void remove(String file) throws IOException {
    Files.delete(root.resolve(file));
  }

  /** Has a file be there that this process may not write. */
  void forbid(String file) throws IOException {
    Files.deleteIfExists(root.resolve(file));
    Files.createDirectories(root.resolve(file).getParent());
    Files.createSymbolicLink(root.resolve(file), UNWRITABLE);
  }

  /** Puts a pipe, which nobody writes, in the place of a file. */
  void pipe(Path file) throws IOException, InterruptedException {
    Files.deleteIfExists(file);
    int exit = new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
    if (exit != 0) {
      throw new IOException("mkfifo ended with " + exit);
    }
  }

  /** Examines it for a guest of some GiB, by VFIO alone whatever else is on the path of a test. */
  Diagnosis diagnosis(int gib, String... devices) {
    var examination =
        new HostExamination(
            new HostTree(root), GuestLayout.q35((long) gib << 30), List.of(devices));
    return Diagnosis.of(examination, List.of(MapperProvider.named("vfio").orElseThrow()));
  }
}
