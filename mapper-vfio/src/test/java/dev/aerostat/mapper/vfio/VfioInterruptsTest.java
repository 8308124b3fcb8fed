package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the rules of vfio_pci_intrs.c; the real kernel is asked in the emulated machine. */
final class VfioInterruptsTest {
  private static final PciAddress DEVICE = new PciAddress("0000:00:05.0");
  private static final int FIRST = 40;
  private static final int SECOND = 41;
  private static final int THIRD = 42;
  private static final int NO_COUNTER = 7;

  @TempDir private Path root = Path.of("");
  private final FakeKernel kernel = new FakeKernel();
  private final FakeInterrupts host = kernel.interrupts;
  private final List<VfioMapper> open = new ArrayList<>();
  private VfioInterrupts interrupts =
      new VfioInterrupts(DEVICE, new IrqCalls(new Descriptor(kernel, 0)));

  @BeforeEach
  void aDevice() throws IOException, HostRefusedException {
    var files = new FakeHost(root);
    files.device(DEVICE.text(), 7, "vfio-pci");
    VfioMapper mapper =
        VfioMapper.open(kernel, files.host(), List.of(DEVICE), VfioBackend.TYPE1, List.of());
    open.add(mapper);
    interrupts = mapper.devices().getFirst().interrupts();
    host.eventfds.addAll(Set.of(FIRST, SECOND, THIRD));
  }

  @AfterEach
  void close() {
    open.forEach(VfioMapper::close);
  }

  @ParameterizedTest
  @EnumSource
  void theDeviceSaysHowManyItHas(InterruptKind kind) throws IOException {
    int expected =
        switch (kind) {
          case INTX -> 1;
          case MSI -> 8;
          case MSIX -> 16;
        };
    assertEquals(expected, interrupts.count(kind));
    kernel.refuse(FakeKernel.DEVICE_GET_IRQ_INFO, Errno.ENOTTY);
    assertRefused(
        "cannot describe its %s interrupts (ENOTTY)".formatted(kind), () -> interrupts.count(kind));
  }

  /** A kernel before 6.5 has as many vectors as the first call had, and never more. */
  @Test
  void theFirstCallHasRoomForVectorsThatAreConnectedLater() throws IOException {
    interrupts.enable(InterruptKind.MSIX, 16, FIRST, SECOND);
    var expected = new ArrayList<>(Collections.nCopies(16, -1));
    expected.set(0, FIRST);
    expected.set(1, SECOND);
    assertEquals(expected, host.counters);
    interrupts.connect(14, THIRD, VfioInterrupts.NONE);
    expected.set(14, THIRD);
    assertEquals(expected, host.counters);
    interrupts.connect(0, VfioInterrupts.NONE);
    expected.set(0, -1);
    assertEquals(expected, host.counters);
  }

  /** Else the device would use vectors that its driver does not know of. */
  @Test
  void asManyVectorsAreEnabledAsTheGuestChose() throws IOException {
    interrupts.enable(InterruptKind.MSI, 2, FIRST, SECOND);
    assertEquals(List.of(FIRST, SECOND), host.counters);
    assertMistake("1 vectors from 2 on: 2 of MSI are enabled", () -> interrupts.connect(2, THIRD));
    assertMistake("0 vectors from 0 on", () -> interrupts.connect(0));
    assertMistake("from -1 on", () -> interrupts.connect(-1, THIRD));
    assertMistake("from 2147483647 on", () -> interrupts.connect(Integer.MAX_VALUE, THIRD, FIRST));
    assertEquals(List.of(FIRST, SECOND), host.counters);
  }

  @Test
  void oneKindIsEnabledAtATime() throws IOException {
    interrupts.enable(InterruptKind.INTX, 1, FIRST);
    assertUntimely(
        "INTX is enabled already; disable it before MSI",
        () -> interrupts.enable(InterruptKind.MSI, 1, SECOND));
    assertUntimely(
        "INTX is enabled already; disable it before INTX",
        () -> interrupts.enable(InterruptKind.INTX, 1, SECOND));
    assertEquals(List.of(FIRST), host.counters);
    interrupts.disable();
    assertEquals(-1, host.index);
    interrupts.disable();
    interrupts.enable(InterruptKind.MSI, 1, SECOND);
    assertEquals(List.of(SECOND), host.counters);
  }

  @Test
  void whatTheDeviceLacksIsNotAskedFor() throws IOException {
    host.counts[2] = 0;
    assertMistake("has no MSIX", () -> interrupts.enable(InterruptKind.MSIX, 1, FIRST));
    assertMistake("expected 1 to 8", () -> interrupts.enable(InterruptKind.MSI, 9));
    assertMistake("expected 1 to 8", () -> interrupts.enable(InterruptKind.MSI, 0));
    assertMistake(
        "1 vectors of MSI with 2 counters",
        () -> interrupts.enable(InterruptKind.MSI, 1, FIRST, SECOND));
    assertMistake("descriptor -2", () -> interrupts.enable(InterruptKind.MSI, 1, -2));
    assertEquals(-1, host.index);
  }

  @Test
  void aHostWithTooFewVectorsSaysHowManyItHas() throws IOException {
    host.vectorsLeft = 4;
    assertRefused(
        "cannot enable 8 vectors of MSI: the host has 4 left for it; enable as many",
        () -> interrupts.enable(InterruptKind.MSI, 8));
    interrupts.enable(InterruptKind.MSI, 4, FIRST);
    assertEquals(4, host.counters.size());
  }

  @Test
  void aDescriptorThatIsNoEventCounterIsRefusedAndNothingIsEnabled() throws IOException {
    String expected =
        "cannot enable INTX (EBADF): a descriptor is not that of an open event counter";
    assertRefused(expected, () -> interrupts.enable(InterruptKind.INTX, 1, NO_COUNTER));
    interrupts.enable(InterruptKind.MSI, 2, FIRST, SECOND);
    assertRefused("cannot connect vectors of MSI (EBADF)", () -> interrupts.connect(1, NO_COUNTER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EBUSY: another device of the host shares the pin",
        "ENODEV: the host routes no pin of it; use MSI",
        "ENOTCONN: the host routes no pin of it; use MSI",
        "ENOSPC: the host has no vectors left",
        "EIO"
      })
  void aRefusalNamesItsNumberAndWhatToDo(String expected) throws IOException {
    String name = expected.replaceFirst(":.*", "");
    int errno =
        IntStream.range(0, 200)
            .filter(number -> Errno.name(number).equals(name))
            .findFirst()
            .orElseThrow();
    kernel.refuseAfter(FakeKernel.DEVICE_SET_IRQS, 0, errno);
    assertRefused(
        "cannot enable INTX (" + expected.replaceFirst(name, name + ")"),
        () -> interrupts.enable(InterruptKind.INTX, 1, FIRST));
    kernel.refusals.clear();
    interrupts.enable(InterruptKind.INTX, 1, FIRST);
    kernel.refuse(FakeKernel.DEVICE_SET_IRQS, errno);
    assertRefused("cannot disable INTX (%s)".formatted(name), interrupts::disable);
    kernel.refusals.clear();
    interrupts.disable();
    assertEquals(-1, host.index, "tried again");
  }

  @Test
  void thePinIsMaskedByHandAndUnmaskedByHandOrByACounter() throws IOException {
    interrupts.enable(InterruptKind.INTX, 1, FIRST);
    interrupts.mask();
    assertTrue(host.masked);
    interrupts.unmask();
    assertFalse(host.masked);
    interrupts.unmaskOn(SECOND);
    assertEquals(SECOND, host.unmasker);
    assertRefused("(EBUSY): another one does so; stop it first", () -> interrupts.unmaskOn(THIRD));
    interrupts.unmaskOn(VfioInterrupts.NONE);
    interrupts.unmaskOn(THIRD);
    assertEquals(THIRD, host.unmasker);
  }

  @Test
  void onlyAPinIsMaskedHere() throws IOException {
    List<Executable> ofThePin =
        List.of(interrupts::mask, interrupts::unmask, () -> interrupts.unmaskOn(FIRST));
    for (Executable call : ofThePin) {
      assertUntimely("no kind of interrupt is enabled", call);
    }
    assertUntimely("no kind of interrupt is enabled", () -> interrupts.connect(0, FIRST));
    interrupts.enable(InterruptKind.MSI, 1, FIRST);
    for (Executable call : ofThePin) {
      assertUntimely("MSI is enabled", call);
    }
  }

  @Test
  void closingTheMapperDisablesThemWhileTheDeviceIsOpen() throws IOException {
    interrupts.enable(InterruptKind.MSI, 1, FIRST);
    close();
    assertEquals(-1, host.index);
    interrupts.disable();
    assertTrue(
        assertThrows(
                IllegalStateException.class, () -> interrupts.enable(InterruptKind.MSI, 1, FIRST))
            .toString()
            .contains(DEVICE.text()));
  }

  @Test
  void nothingIsEnabledWhileTheMapperCloses() {
    var refusals = new ArrayList<IllegalStateException>();
    kernel.atUnmapAll =
        () ->
            refusals.add(
                assertThrows(
                    IllegalStateException.class,
                    () -> interrupts.enable(InterruptKind.MSI, 1, FIRST)));
    close();
    assertEquals(1, refusals.size());
    assertEquals(-1, host.index);
  }

  @Test
  void aMapperClosesThoughTheKernelWouldNotDisableThem() throws IOException {
    interrupts.enable(InterruptKind.MSI, 1, FIRST);
    kernel.refuse(FakeKernel.DEVICE_SET_IRQS, Errno.EIO);
    close();
    assertEquals(Set.of(), kernel.open);
  }

  private static void assertRefused(String message, Executable call) {
    String refusal = assertThrows(IOException.class, call).toString();
    assertTrue(refusal.contains(message) && refusal.contains(DEVICE.text()), refusal);
  }

  private static void assertMistake(String message, Executable call) {
    String mistake = assertThrows(IllegalArgumentException.class, call).toString();
    assertTrue(mistake.contains(message) && mistake.contains(DEVICE.text()), mistake);
  }

  private static void assertUntimely(String message, Executable call) {
    String mistake = assertThrows(IllegalStateException.class, call).toString();
    assertTrue(mistake.contains(message) && mistake.contains(DEVICE.text()), mistake);
  }
}
