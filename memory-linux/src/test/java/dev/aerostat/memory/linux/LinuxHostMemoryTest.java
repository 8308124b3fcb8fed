package dev.aerostat.memory.linux;

import static dev.aerostat.memory.linux.syscall.LinuxConstants.MADV_POPULATE_WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LinuxHostMemoryTest {
  private static final long PAGE = 4096;
  private static final long BYTES = 64 * PAGE;
  private static final HostAddress NOWHERE = new HostAddress(0);

  static Stream<MemoryBacking> backings() {
    return Stream.of(new MemoryBacking.Anonymous(false), new MemoryBacking.Shared(false));
  }

  @ParameterizedTest
  @MethodSource("backings")
  void populateBringsEveryPageInAndKeepsWhatWasThere(MemoryBacking backing) throws Exception {
    populates(new LinuxHostMemory(), backing);
  }

  @ParameterizedTest
  @MethodSource("backings")
  void aKernelThatKnowsNoAdviceForItIsServedByTouching(MemoryBacking backing) throws Exception {
    populates(new LinuxHostMemory(new OldKernel(SystemCalls.libc())), backing);
  }

  private static void populates(LinuxHostMemory host, MemoryBacking backing) throws Exception {
    try (LinuxGuestMemory guest = allocate(backing)) {
      MemorySegment memory = memory(guest);
      memory.set(ValueLayout.JAVA_LONG, 5 * PAGE, 42);
      assertEquals(1, ResidentPages.in(memory));
      host.populate(new HostAddress(memory.address()), 16 * PAGE);
      assertEquals(16, ResidentPages.in(memory));
      assertEquals(42, memory.get(ValueLayout.JAVA_LONG, 5 * PAGE));
    }
  }

  @ParameterizedTest
  @MethodSource("backings")
  void whatWasDiscardedIsGoneAndReadsAsZeros(MemoryBacking backing) throws Exception {
    var host = new LinuxHostMemory();
    try (LinuxGuestMemory guest = allocate(backing)) {
      MemorySegment memory = memory(guest);
      var start = new HostAddress(memory.address());
      host.populate(start, BYTES);
      memory.set(ValueLayout.JAVA_LONG, 0, 41);
      memory.set(ValueLayout.JAVA_LONG, 8 * PAGE, 42);
      host.discard(start.plus(8 * PAGE), 8 * PAGE);
      assertEquals(BYTES / PAGE - 8, ResidentPages.in(memory));
      assertEquals(41, memory.get(ValueLayout.JAVA_LONG, 0));
      assertEquals(0, memory.get(ValueLayout.JAVA_LONG, 8 * PAGE));
    }
  }

  @Test
  void memoryThatIsNotThereIsRefusedAsSuch() {
    var host = new LinuxHostMemory();
    var old = new LinuxHostMemory(new OldKernel(SystemCalls.libc()));
    assertBadAddress(() -> host.populate(NOWHERE, PAGE));
    assertBadAddress(() -> old.populate(NOWHERE, PAGE));
    assertBadAddress(() -> host.discard(NOWHERE, PAGE));
  }

  @Test
  void aHostWithoutMemoryIsToldFromMemoryThatIsNotThere() throws IOException {
    try (LinuxGuestMemory guest = allocate(new MemoryBacking.Anonymous(false))) {
      var host = new LinuxHostMemory(new PoorKernel(SystemCalls.libc()));
      var start = new HostAddress(memory(guest).address());
      var refusal = assertThrows(HostRefusedException.class, () -> host.populate(start, PAGE));
      assertEquals(Errno.ENOMEM, refusal.errno());
      assertEquals(new RefusalCause.OutOfMemory(), refusal.reason());
    }
  }

  @Test
  void lengthsThatAreNotPagesAreTheCallersMistake() {
    var host = new LinuxHostMemory();
    assertThrows(IllegalArgumentException.class, () -> host.populate(NOWHERE, 0));
    assertThrows(IllegalArgumentException.class, () -> host.discard(NOWHERE, PAGE + 1));
  }

  private static void assertBadAddress(Action action) {
    var refusal = assertThrows(HostRefusedException.class, action::run);
    assertEquals(Errno.ENOMEM, refusal.errno());
    assertEquals(new RefusalCause.BadHostAddress(), refusal.reason());
  }

  private static LinuxGuestMemory allocate(MemoryBacking backing) throws IOException {
    return LinuxGuestMemory.allocate(List.of(GuestRange.ofLength(0, BYTES)), backing);
  }

  private static MemorySegment memory(LinuxGuestMemory guest) {
    return guest.guestMemory().region(0).segment();
  }

  private interface Action {
    void run() throws HostRefusedException;
  }

  /** Before Linux 5.14. */
  private static final class OldKernel extends ForwardingCalls {
    private OldKernel(SystemCalls calls) {
      super(calls);
    }

    @Override
    public int madvise(long address, long bytes, int advice) {
      return advice == MADV_POPULATE_WRITE ? -Errno.EINVAL : super.madvise(address, bytes, advice);
    }
  }

  /** Has no page left. */
  private static final class PoorKernel extends ForwardingCalls {
    private PoorKernel(SystemCalls calls) {
      super(calls);
    }

    @Override
    public int madvise(long address, long bytes, int advice) {
      return bytes > 0 ? -Errno.ENOMEM : super.madvise(address, bytes, advice);
    }
  }
}
