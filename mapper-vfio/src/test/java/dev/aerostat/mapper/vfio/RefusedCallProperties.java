package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whichever call to the kernel is refused, with whatever number: the mapper says so by the one
 * exception of a refusal, and leaves no descriptor open.
 */
final class RefusedCallProperties {
  private static final List<PciAddress> DEVICES =
      List.of(new PciAddress("0000:00:05.0"), new PciAddress("0000:00:06.0"));

  private static final FileMemory FILE = new FileMemory(new HostAddress(0x20_0000), 0x4000, 5, 0);
  private static final IovaRange RANGE = IovaRange.ofLength(0x10_0000, 0x4000);

  /** More calls than a mapper makes here, whichever way. */
  private static final int CALLS = 40;

  private static Path root = Path.of("");

  @BeforeContainer
  static void twoDevicesInTwoGroups() throws IOException {
    root = Files.createTempDirectory("aerostat-refused-call-");
    var files = new FakeHost(root);
    files.iommufd();
    for (int i = 0; i < DEVICES.size(); i++) {
      files.device(DEVICES.get(i).text(), 7 + i, "vfio-pci");
      files.deviceFile(DEVICES.get(i).text(), "vfio" + i);
    }
  }

  @AfterContainer
  static void removeThem() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      files.sorted(Comparator.reverseOrder()).forEach(RefusedCallProperties::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Provide
  Arbitrary<Integer> errnos() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            Errno.EPERM,
            Errno.ENOENT,
            Errno.EIO,
            Errno.ENOMEM,
            Errno.EACCES,
            Errno.EFAULT,
            Errno.EBUSY,
            Errno.EEXIST,
            Errno.ENODEV,
            Errno.EINVAL,
            Errno.ENOTTY,
            Errno.ENOSPC,
            Errno.EOPNOTSUPP),
        Arbitraries.integers().between(1, 133));
  }

  @Property(tries = 500)
  void aMapperIsRefusedOrWorksAndLeavesNothingOpen(
      @ForAll VfioBackend backend,
      @ForAll boolean unmapsAll,
      @ForAll("errnos") int errno,
      @ForAll @IntRange(min = 1, max = CALLS) int call) {
    var kernel = new FakeKernel();
    kernel.unmapsAll = unmapsAll;
    kernel.refusedCall = call;
    kernel.refusedCallErrno = errno;
    try (VfioMapper mapper =
        VfioMapper.open(kernel, new FakeHost(root).host(), DEVICES, backend, List.of(FILE))) {
      assertFalse(mapper.devices().isEmpty());
      use(mapper, call);
    } catch (HostRefusedException refusal) {
      assertEquals(HostOperation.ATTACH, refusal.operation());
      assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
    }
    assertTrue(kernel.calls < CALLS, "more calls than are tried");
    assertEquals(Set.of(), kernel.open, "descriptors still open");
  }

  /** A refusal is of the call that was made, and names its range. */
  private static void use(VfioMapper mapper, int call) {
    for (HostOperation operation : List.of(HostOperation.MAP, HostOperation.UNMAP)) {
      try {
        if (operation == HostOperation.MAP) {
          mapper.map(RANGE, FILE.start());
        } else {
          long _ = call % 2 == 0 ? mapper.unmap(RANGE) : mapper.unmapAll();
        }
      } catch (HostRefusedException refusal) {
        assertEquals(operation, refusal.operation());
        assertTrue(refusal.bytes() > 0);
      }
    }
  }
}
