package dev.aerostat.mapper.vfio.iommufd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.vfio.backend.AddressRules;
import dev.aerostat.mapper.vfio.backend.LockedMemory;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IommufdCausesTest {
  private static final IovaRange RANGE = new IovaRange(0x10000, 0x20000);
  private static final LockedMemory UNLIMITED = new LockedMemory(Long.MAX_VALUE, 0);
  private static final IommufdCauses CAUSES =
      new IommufdCauses(new AddressRules(0x10000, List.of(new IovaRange(0, 0x30000))));

  @Test
  void numbersWithOneMeaningHaveIt() {
    assertEquals(new RefusalCause.Overlap(RANGE), ofMap(Errno.EEXIST, RANGE));
    assertEquals(new RefusalCause.BadHostAddress(), ofMap(Errno.EFAULT, RANGE));
  }

  @Test
  void anInvalidMapIsMisalignedOrLiesInAHole() {
    assertEquals(
        new RefusalCause.Misaligned(0x10000), ofMap(Errno.EINVAL, new IovaRange(0x11000, 0x20000)));
    assertEquals(
        new RefusalCause.IovaHole(new IovaRange(0x30000, 0x40000)),
        ofMap(Errno.EINVAL, new IovaRange(0x20000, 0x40000)));
    assertInstanceOf(RefusalCause.Other.class, ofMap(Errno.EINVAL, RANGE));
  }

  @Test
  void theUsersLockLimitMayBeUsedUpByOtherProcesses() {
    assertEquals(new RefusalCause.OutOfMemory(), ofMap(Errno.ENOMEM, RANGE));
    assertEquals(
        new RefusalCause.MemoryLockLimit(0x18000, 0x9000 + RANGE.length()),
        CAUSES.ofMap(Errno.ENOMEM, RANGE, 0, new LockedMemory(0x18000, 0x9000)));
    String rule = CAUSES.ofMap(Errno.ENOMEM, RANGE, 0, new LockedMemory(0x19000, 0x9000)).rule();
    assertTrue(rule.contains("other processes of this user"), rule);
  }

  private static RefusalCause ofMap(int errno, IovaRange iova) {
    return CAUSES.ofMap(errno, iova, 0, UNLIMITED);
  }
}
