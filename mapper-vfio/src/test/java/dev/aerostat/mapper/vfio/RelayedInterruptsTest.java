package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.vfio.FakeInterrupts.Asked;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of a client, against the rules of vfio_pci_intrs.c. */
final class RelayedInterruptsTest {
  private static final PciAddress DEVICE = new PciAddress("0000:00:05.0");
  private static final int INTX = 0;
  private static final int MSI = 1;
  private static final int MSIX = 2;
  private static final int REQUESTS = 4;
  private static final int FIRST_COUNTER = 40;
  private static final int NO_COUNTER = 7;
  private static final int DISABLE = 0x21;
  private static final int CONNECT = 0x24;

  @TempDir private Path root = Path.of("");
  private final FakeKernel kernel = new FakeKernel();
  private final FakeInterrupts host = kernel.interrupts;
  private final List<VfioMapper> open = new ArrayList<>();
  private VfioRelay relay =
      new VfioRelay(kernel, new DeviceCalls(DEVICE, new Descriptor(kernel, 0)));

  @BeforeEach
  void aDevice() throws IOException, HostRefusedException {
    var files = new FakeHost(root);
    files.device(DEVICE.text(), 7, "vfio-pci");
    VfioMapper mapper =
        VfioMapper.open(kernel, files.host(), List.of(DEVICE), VfioBackend.TYPE1, List.of());
    open.add(mapper);
    relay = mapper.devices().getFirst().relay();
    host.eventfds.addAll(counters(0, 32));
  }

  @AfterEach
  void close() {
    open.forEach(VfioMapper::close);
  }

  /** A kernel before 6.5 has as many vectors as the first call had. */
  @Test
  void messagesComeInPartsThoughTheKernelSettlesTheirNumberAtOnce() throws IOException {
    connect(MSIX, 0, counters(0, 3));
    assertEquals(padded(0, counters(0, 3), 16), host.counters);
    connect(MSIX, 3, counters(3, 8));
    connect(MSIX, 11, counters(11, 5));
    assertEquals(counters(0, 16), host.counters);
    assertEquals(3, host.asked.size());
  }

  @Test
  void thePartsMayBeginAnywhere() throws IOException {
    connect(MSIX, 5, counters(5, 2));
    assertEquals(padded(5, counters(5, 2), 16), host.counters);
    disable(MSIX);
    connect(MSIX, 14, counters(14, 2));
    assertEquals(padded(14, counters(14, 2), 16), host.counters);
    assertEquals(new Asked(CONNECT, MSIX, 14, 2, counters(14, 2)), host.asked.getLast());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -Errno.ENOSPC})
  void aHostWithFewVectorsEnablesAsManyAsWereAskedFor(int tooFew) throws IOException {
    host.vectorsLeft = 12;
    host.tooFew = tooFew;
    connect(MSIX, 0, counters(0, 4));
    assertEquals(counters(0, 4), host.counters);
    connect(MSIX, 4, counters(4, 4));
    assertEquals(counters(0, 8), host.counters, "all anew, with duplicates");
    host.grows = true;
    connect(MSIX, 8, counters(8, 4));
    assertEquals(counters(0, 12), host.counters, "added");
    assertRefusedFor(tooFew, () -> enableAnew(13));
  }

  private void enableAnew(int count) throws IOException {
    disable(MSIX);
    connect(MSIX, 0, counters(0, count));
  }

  private static void assertRefusedFor(int tooFew, Executable call) {
    String refusal = assertThrows(IOException.class, call).toString();
    String expected = tooFew == 0 ? "the host has 12 vectors left" : "(ENOSPC): the host has no";
    assertTrue(refusal.contains(expected), refusal);
  }

  @Test
  void anotherRefusalOfAllIsNotTriedAgainWithLess() throws IOException {
    kernel.refuseAfter(FakeKernel.DEVICE_SET_IRQS, 0, Errno.EIO);
    int before = kernel.asked.size();
    assertRefused("(EIO)", () -> connect(MSIX, 0, counters(0, 4)));
    assertEquals(before + 2, kernel.asked.size());
    kernel.refusals.clear();
    connect(MSIX, 0, counters(0, 4));
    assertEquals(16, host.counters.size(), "the next is the first again");
  }

  /** Else the device would use vectors that its driver does not know of. */
  @Test
  void ofMessagesWithoutATableAsManyAreEnabledAsWereAskedFor() throws IOException {
    connect(MSI, 0, counters(0, 2));
    assertEquals(counters(0, 2), host.counters);
    assertEquals(new Asked(CONNECT, MSI, 0, 2, counters(0, 2)), host.asked.getLast());
  }

  @Test
  void moreOfThemAreAddedByEnablingAllAnew() throws IOException {
    connect(MSI, 0, counters(0, 2));
    connect(MSI, 0, counters(5, 1)); // In place of the first.
    connect(MSI, 2, counters(2, 2));
    assertEquals(List.of(45, 41, 42, 43), host.counters);
    connect(MSI, 4, counters(4, 4));
    assertEquals(List.of(45, 41, 42, 43, 44, 45, 46, 47), host.counters);
    assertEquals(Set.of(10, 11, 12), kernel.open, "no duplicate is needed any more");
    disable(MSI);
    connect(MSI, 0, counters(0, 1));
    assertEquals(counters(0, 1), host.counters, "what was is forgotten");
  }

  @Test
  void duplicatesAreClosedWhenTheyAreDisabledAndAtTheEnd() throws IOException {
    Set<Integer> before = Set.copyOf(kernel.open);
    connect(MSI, 0, counters(0, 4));
    assertEquals(before.size() + 4, kernel.open.size());
    disable(MSI);
    assertEquals(before, kernel.open);
    connect(MSI, 0, counters(0, 4));
    close();
    assertEquals(Set.of(), kernel.open);
  }

  @Test
  void withoutDuplicatesTheKernelsRefusalStands() throws IOException {
    kernel.duplicateErrno = 24;
    connect(MSI, 0, counters(0, 2));
    assertRefused("(EINVAL)", () -> connect(MSI, 2, counters(2, 2)));
    assertEquals(counters(0, 2), host.counters);
  }

  @Test
  void ifMoreCannotBeHadTheOthersStay() throws IOException {
    host.vectorsLeft = 3;
    connect(MSI, 0, counters(0, 2));
    assertRefused("the host has 3 vectors left", () -> connect(MSI, 2, counters(2, 2)));
    assertEquals(counters(0, 2), host.counters);
    connect(MSI, 2, counters(2, 1));
    assertEquals(counters(0, 3), host.counters);
  }

  @Test
  void noDescriptorsAreNoCounterForEach() throws IOException {
    ask(CONNECT, MSI, 0, 3);
    assertEquals(List.of(-1, -1, -1), host.counters);
    disable(MSI);
    ask(CONNECT, MSIX, 2, 3);
    assertEquals(Collections.nCopies(16, -1), host.counters);
  }

  @Test
  void allElseIsPassedOnAsItIs() throws IOException {
    connect(INTX, 0, counters(0, 1));
    ask(0x9, INTX, 0, 1);
    assertEquals(new Asked(0x9, INTX, 0, 1, List.of()), host.asked.getLast());
    assertTrue(host.masked);
    ask(0x11, INTX, 0, 1);
    assertFalse(host.masked);
    relay.setInterrupts(new InterruptRequest(0x14, INTX, 0, 1, counters(1, 1), List.of()));
    assertEquals(41, host.unmasker);
    ask(0x14, INTX, 0, 1);
    assertEquals(-1, host.unmasker);
    relay.setInterrupts(bools(0xa, INTX, 0, 1));
    assertEquals(new Asked(0xa, INTX, 0, 1, List.of(1)), host.asked.getLast());
    ask(DISABLE, INTX, 0, 0);
    assertEquals(-1, host.index);
    connect(MSIX, 0, counters(0, 1));
    relay.setInterrupts(bools(0x22, MSIX, 3, 0, 2, -1));
    assertEquals(new Asked(0x22, MSIX, 3, 3, List.of(0, 2, -1)), host.asked.getLast());
  }

  private static InterruptRequest bools(int flags, int index, int start, int... values) {
    List<Byte> bytes = IntStream.of(values).mapToObj(value -> (byte) value).toList();
    return new InterruptRequest(flags, index, start, values.length, List.of(), bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 0, 1, an index that the device has",
    "-1, 0, 1, an index that the device has",
    "3, 0, 1, interrupts below 0",
    "2, 0, 17, interrupts below 16",
    "2, 16, 1, interrupts below 16",
    "2, 15, 2, interrupts below 16",
    "2, 0, 2147483647, interrupts below 16",
    "2, 1, 2147483647, interrupts below 16",
    "2, 2147483647, 2147483647, interrupts below 16",
    "0, 2147483647, 1, interrupts below 1"
  })
  void whatTheDeviceLacksIsRefusedBeforeTheKernelIsAsked(
      int index, int start, int count, String expected) {
    String request = "index %d, start %d, count %d: expected ".formatted(index, start, count);
    for (int flags : new int[] {CONNECT, DISABLE, 0x9}) {
      String mistake =
          assertThrows(IllegalArgumentException.class, () -> ask(flags, index, start, count))
              .toString();
      assertTrue(mistake.contains(request + expected), mistake);
      assertTrue(mistake.contains(DEVICE.text()), mistake);
    }
    assertEquals(List.of(), host.asked);
  }

  @Test
  void alsoOfNoInterruptTheStartIsChecked() {
    String mistake =
        assertThrows(IllegalArgumentException.class, () -> ask(DISABLE, MSIX, 16, 0)).toString();
    assertTrue(mistake.contains("start 16, count 0: expected interrupts below 16"), mistake);
  }

  @Test
  void aRefusalNamesTheRequestAndWhatMayBeWrong() throws IOException {
    assertRefused(
        "flags 0x24, index 1, start 0, count 1 (EBADF): a descriptor is not that of an open",
        () -> connect(MSI, 0, List.of(NO_COUNTER)));
    assertRefused("(EINVAL): this kind is not enabled", () -> disable(MSI));
    connect(INTX, 0, counters(0, 1));
    assertRefused("(EINVAL): this kind is not enabled", () -> connect(MSI, 0, counters(0, 1)));
    kernel.refuse(FakeKernel.DEVICE_SET_IRQS, Errno.ENOTTY);
    assertRefused("(ENOTTY): the kernel does not do this", () -> ask(0x9, INTX, 0, 1));
    kernel.refusals.clear();
    assertEquals(INTX, host.index);
    kernel.refuse(FakeKernel.DEVICE_GET_IRQ_INFO, Errno.EIO);
    assertRefused("index 0, start 0, count 1 (EIO)", () -> ask(0x9, INTX, 0, 1));
  }

  @Test
  void whatAClientLeftIsDisabled() throws IOException {
    connect(MSIX, 0, counters(0, 2));
    connect(REQUESTS, 0, counters(2, 1));
    relay.disableInterrupts();
    assertEquals(-1, host.index);
    assertEquals(-1, host.requests);
    int before = host.asked.size();
    relay.disableInterrupts();
    assertEquals(before, host.asked.size());
    ask(CONNECT, REQUESTS, 0, 1);
    relay.disableInterrupts();
    connect(INTX, 0, counters(0, 1));
    kernel.refuse(FakeKernel.DEVICE_SET_IRQS, Errno.EIO);
    assertRefused("cannot disable interrupts (EIO)", relay::disableInterrupts);
    kernel.refusals.clear();
    relay.disableInterrupts();
    assertEquals(-1, host.index, "tried again");
  }

  /** Another process may have the device open for longer. */
  @ParameterizedTest
  @ValueSource(ints = {INTX, MSI, MSIX, REQUESTS})
  void closingTheMapperDisablesThemWhileTheDeviceIsOpen(int index) throws IOException {
    connect(index, 0, counters(0, 1));
    close();
    assertEquals(-1, host.index);
    assertEquals(-1, host.requests);
    assertThrows(IllegalStateException.class, () -> connect(index, 0, counters(0, 1)));
  }

  @Test
  void nothingIsEnabledWhileTheMapperCloses() {
    var refusals = new ArrayList<IllegalStateException>();
    kernel.atUnmapAll =
        () ->
            refusals.add(
                assertThrows(IllegalStateException.class, () -> connect(MSIX, 0, counters(0, 1))));
    close();
    assertEquals(1, refusals.size());
    assertEquals(-1, host.index);
  }

  @Test
  void aMapperClosesThoughTheKernelWouldNotDisableThem() throws IOException {
    connect(MSI, 0, counters(0, 1));
    kernel.refuse(FakeKernel.DEVICE_SET_IRQS, Errno.EIO);
    close();
    assertEquals(Set.of(), kernel.open);
  }

  @Test
  void itIsNoneOfTheBusinessOfThoseThatThisProcessUses() throws IOException {
    VfioInterrupts ours = open.getFirst().devices().getFirst().interrupts();
    ours.enable(InterruptKind.MSI, 2, 40, 41);
    assertRefused("(EINVAL)", () -> connect(MSIX, 0, counters(0, 1)));
    relay.disableInterrupts();
    assertEquals(counters(0, 2), host.counters);
    ours.disable();
    assertEquals(-1, host.index);
  }

  private void connect(int index, int start, List<Integer> files) throws IOException {
    relay.setInterrupts(
        new InterruptRequest(CONNECT, index, start, files.size(), files, List.of()));
  }

  private void disable(int index) throws IOException {
    ask(DISABLE, index, 0, 0);
  }

  private void ask(int flags, int index, int start, int count) throws IOException {
    relay.setInterrupts(new InterruptRequest(flags, index, start, count, List.of(), List.of()));
  }

  private static List<Integer> counters(int first, int count) {
    return IntStream.range(FIRST_COUNTER + first, FIRST_COUNTER + first + count).boxed().toList();
  }

  private static List<Integer> padded(int start, List<Integer> files, int size) {
    var all = new ArrayList<>(Collections.nCopies(size, -1));
    for (int i = 0; i < files.size(); i++) {
      all.set(start + i, files.get(i));
    }
    return all;
  }

  private static void assertRefused(String message, Executable call) {
    String refusal = assertThrows(IOException.class, call).toString();
    assertTrue(refusal.contains(message) && refusal.contains(DEVICE.text()), refusal);
  }
}
