package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HostRefusedExceptionTest {
  private static final IovaRange RANGE = new IovaRange(0x1000, 0x3000);

  @Test
  void theMessageSaysWhatWasAskedWhyItWasRefusedAndWhatToDo() {
    var refusal = refusal(new RefusalCause.EntryLimit(65_535));
    assertEquals(
        "MAP of 0x2000 bytes at 0x1000 refused (ENOSPC): the container already holds 65535"
            + " mappings, its limit; raise vfio_iommu_type1.dma_entry_limit, use larger granules,"
            + " or use iommufd",
        refusal.getMessage());
    assertEquals(HostOperation.MAP, refusal.operation());
    assertEquals(Errno.ENOSPC, refusal.errno());
    assertEquals(new RefusalCause.EntryLimit(65_535), refusal.reason());
    assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
  }

  @Test
  void aRefusalKeepsItsCauseOnTheWayFromAnotherProcess() throws Exception {
    for (RefusalCause cause :
        List.of(
            new RefusalCause.Overlap(RANGE),
            new RefusalCause.OutOfMemory(),
            new RefusalCause.GroupBusy(4, List.of("/dev/vfio/4")))) {
      var bytes = new ByteArrayOutputStream();
      new ObjectOutputStream(bytes).writeObject(refusal(cause));
      var copy =
          (HostRefusedException)
              new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
      assertEquals(cause, copy.reason());
      assertEquals(refusal(cause).getMessage(), copy.getMessage());
    }
  }

  @Test
  void whatHasNoRangeNamesNone() {
    var refusal =
        new HostRefusedException(
            HostOperation.ATTACH,
            0,
            0,
            Errno.EACCES,
            new RefusalCause.NoPermission("/dev/vfio/7"),
            HostRefusedException.State.UNCHANGED);
    assertEquals(
        "ATTACH refused (EACCES): this process may not read and write /dev/vfio/7; make its user"
            + " the owner (chown, or a udev rule)",
        refusal.getMessage());
  }

  @Test
  void aMemoryLockLimitIsAdvisedInTheUnitOfUlimit() {
    var cause = new RefusalCause.MemoryLockLimit(1 << 20, (2 << 20) + 1);
    assertTrue(cause.rule().contains("1048576 bytes and 2097153"), cause.rule());
    assertTrue(cause.advice().contains("at least 2049 "), cause.advice());
  }

  static Stream<RefusalCause> causes() {
    return Stream.of(
        new RefusalCause.Overlap(RANGE),
        new RefusalCause.EntryLimit(1),
        new RefusalCause.MemoryLockLimit(1, 2),
        new RefusalCause.OutOfMemory(),
        new RefusalCause.IovaHole(RANGE),
        new RefusalCause.Misaligned(4096),
        new RefusalCause.BadHostAddress(),
        new RefusalCause.WouldSplit(RANGE),
        new RefusalCause.NotMapped(),
        new RefusalCause.NotAttached(),
        new RefusalCause.GroupNotViable(7, List.of("0000:00:1f.3 (i801_smbus)")),
        new RefusalCause.GroupBusy(7, List.of("/dev/vfio/7")),
        new RefusalCause.NoPermission("/dev/vfio/7"),
        new RefusalCause.Other("the host is on fire"));
  }

  @ParameterizedTest
  @MethodSource("causes")
  void everyCauseMakesOneLine(RefusalCause cause) {
    String message = String.valueOf(refusal(cause).getMessage());
    assertTrue(message.endsWith(cause.rule() + "; " + cause.advice()), message);
    assertFalse(message.contains("\n") || message.endsWith("."), message);
  }

  @Test
  void everyCauseIsTestedHere() {
    assertEquals(RefusalCause.class.getPermittedSubclasses().length, causes().count());
  }

  @Test
  void anErrorNumberWithoutANameIsShownAsANumber() {
    assertEquals("EEXIST", Errno.name(17));
    assertEquals("errno 71", Errno.name(71));
  }

  private static HostRefusedException refusal(RefusalCause cause) {
    return new HostRefusedException(
        HostOperation.MAP,
        RANGE.start(),
        RANGE.length(),
        Errno.ENOSPC,
        cause,
        HostRefusedException.State.UNCHANGED);
  }
}
