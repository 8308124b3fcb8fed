package dev.aerostat.cli.doctor;

import dev.aerostat.mapper.spi.HostFinding;
import java.util.List;
import java.util.stream.Stream;

/** What the guest must do for its part: the host cannot see it. The commands are for the guest. */
final class GuestAdvice {
  private GuestAdvice() {}

  static Stream<HostFinding> findings() {
    return Stream.of(
        HostFinding.unknown(
            "guest, init_on_alloc",
            "Debian and others zero each page that a guest allocates, for its balloon too",
            "the host populates what is ballooned, so that 2 MiB balloon pages gain nothing",
            atBoot("init_on_alloc=0")),
        HostFinding.unknown(
            "guest, balloon driver",
            "virtio_balloon must be in the guest's kernel or initramfs",
            "loaded after the passthrough device's driver it is too late: DMA waits for all of"
                + " the memory, as without Aerostat",
            List.of(
                "echo virtio_balloon | sudo tee -a /etc/initramfs-tools/modules",
                "sudo update-initramfs -u")),
        HostFinding.unknown(
            "guest, memhp_default_state",
            "only for memory plugged into a running guest: kernels such as Debian's 6.1 leave it"
                + " offline",
            "the guest cannot use that memory",
            atBoot("memhp_default_state=online")));
  }

  private static List<String> atBoot(String argument) {
    return List.of(
        "sudo sed -i 's/LINUX=\"/&%s /' /etc/default/grub".formatted(argument), "sudo update-grub");
  }
}
