package dev.aerostat.mapper.vfio.type1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.Errno;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.vfio.backend.LockedMemory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class Type1CausesTest {
  private static final IovaRange RANGE = new IovaRange(0x10000, 0x20000);
  private static final LockedMemory UNLIMITED = new LockedMemory(Long.MAX_VALUE, 0);
  private static final Type1Causes CAUSES = causes(0x1000);

  @Test
  void numbersWithOneMeaningHaveIt() {
    assertEquals(new RefusalCause.Overlap(RANGE), ofMap(Errno.EEXIST));
    assertEquals(new RefusalCause.EntryLimit(100), ofMap(Errno.ENOSPC));
    assertEquals(new RefusalCause.BadHostAddress(), ofMap(Errno.EFAULT));
  }

  @Test
  void tooLittleMemoryIsTheLocksFaultOnlyIfTheLockForbidsIt() {
    assertEquals(new RefusalCause.OutOfMemory(), ofMap(Errno.ENOMEM));
    assertEquals(
        new RefusalCause.MemoryLockLimit(0x18000, 0x9000 + RANGE.length()),
        CAUSES.ofMap(Errno.ENOMEM, RANGE, 0, new LockedMemory(0x18000, 0x9000)));
    assertEquals(
        new RefusalCause.OutOfMemory(),
        CAUSES.ofMap(Errno.ENOMEM, RANGE, 0, new LockedMemory(0x19000, 0x9000)));
  }

  @Test
  void aHoleIsNamedByTheAddressesThatCannotBeTranslated() {
    var across = new IovaRange(0xfed0_0000L, 0xff00_0000L);
    assertEquals(
        new RefusalCause.IovaHole(new IovaRange(0xfee0_0000L, 0xfef0_0000L)),
        CAUSES.ofMap(Errno.EINVAL, across, 0, UNLIMITED));
    var beyond = new IovaRange(1L << 40, (1L << 40) + 0x1000);
    assertEquals(
        new RefusalCause.IovaHole(beyond), CAUSES.ofMap(Errno.EINVAL, beyond, 0, UNLIMITED));
  }

  @Test
  void addressesBetweenTheSmallestPagesAreMisaligned() {
    var odd = new IovaRange(0x11000, 0x20000);
    var cause = new RefusalCause.Misaligned(0x10000);
    assertEquals(cause, causes(0x10000).ofMap(Errno.EINVAL, odd, 0, UNLIMITED));
    assertEquals(cause, causes(0x10000).ofMap(Errno.EINVAL, RANGE, 0x1000, UNLIMITED));
    assertEquals(cause, causes(0x10000).ofUnmap(Errno.EINVAL, odd));
  }

  @Test
  void anUnmapOfWholePagesThatIsInvalidWouldSplit() {
    assertEquals(new RefusalCause.WouldSplit(RANGE), CAUSES.ofUnmap(Errno.EINVAL, RANGE));
  }

  @Test
  void aContainerThatSaysNothingHasNoDevice() {
    var none = new Type1Causes(Optional.empty(), 100);
    assertEquals(new RefusalCause.NotAttached(), none.ofMap(Errno.EINVAL, RANGE, 0, UNLIMITED));
    assertEquals(new RefusalCause.NotAttached(), none.ofUnmap(Errno.EINVAL, RANGE));
  }

  private static RefusalCause ofMap(int errno) {
    return CAUSES.ofMap(errno, RANGE, 0, UNLIMITED);
  }

  private static Type1Causes causes(long pageSizes) {
    var ranges = List.of(new IovaRange(0, 0xfee0_0000L), new IovaRange(0xfef0_0000L, 1L << 39));
    return new Type1Causes(Optional.of(new Type1Info(pageSizes, ranges, OptionalLong.of(0))), 100);
  }
}
