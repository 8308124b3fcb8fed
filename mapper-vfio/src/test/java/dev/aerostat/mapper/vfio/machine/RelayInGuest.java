package dev.aerostat.mapper.vfio.machine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.vfio.InterruptKind;
import dev.aerostat.mapper.vfio.InterruptRequest;
import dev.aerostat.mapper.vfio.RelayedRegion;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.mapper.vfio.VfioRegion;
import dev.aerostat.mapper.vfio.VfioRelay;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.DeviceMemory;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A real device through its relay, as another process would use it. */
final class RelayInGuest {
  private static final VarHandle REGISTER = JAVA_INT.varHandle();
  private static final SystemCalls CALLS = SystemCalls.libc();
  private static final int COMMAND = 4;
  private static final int MEMORY_AND_BUS_MASTER = 1 << 1 | 1 << 2;
  private static final int CONFIG = 7;
  private static final int EDU = 0x0100_00ed;
  private static final long LIVENESS = 4;
  private static final long RAISE = 0x60;
  private static final long ACKNOWLEDGE = 0x64;
  private static final int INTX = 0;
  private static final int MSI = 1;
  private static final int ERRORS = 3;
  private static final int DISABLE = 0x21;
  private static final int CONNECT = 0x24;
  private static final int MASK = 0x9;
  private static final int UNMASK = 0x11;
  private static final int UNMASK_ON = 0x14;

  private final VfioMapper mapper = open();
  private final VfioDevice device = mapper.devices().getFirst();
  private final VfioRelay relay = device.relay();
  private final EventCounter counter = new EventCounter();
  private final EventCounter other = new EventCounter();
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment word = arena.allocate(JAVA_INT);

  @AfterEach
  void close() {
    mapper.close();
    counter.close();
    other.close();
    arena.close();
  }

  @Test
  void theDeviceIsDescribedAsTheKernelHasIt() throws IOException {
    assertEquals(2, relay.flags() & 2, "a PCI device");
    assertTrue(relay.regionCount() >= 9, "regions");
    assertEquals(5, relay.interruptCount());
    for (int index = 0; index < 8; index++) {
      RelayedRegion relayed = relay.region(index);
      VfioRegion region = device.region(index);
      assertEquals(region.bytes(), relayed.bytes());
      assertEquals(region.offset(), relayed.offset());
      assertEquals(region.readable(), (relayed.flags() & 1) != 0);
      assertEquals(region.writable(), (relayed.flags() & 2) != 0);
      assertEquals(region.mappable(), (relayed.flags() & 4) != 0);
      assertEquals(List.of(), relayed.capabilities());
    }
    List<InterruptKind> kinds = List.of(InterruptKind.INTX, InterruptKind.MSI, InterruptKind.MSIX);
    for (int index = 0; index < kinds.size(); index++) {
      int count = device.interrupts().count(kinds.get(index));
      assertEquals(count, relay.interrupt(index).count());
    }
    assertEquals(7, relay.interrupt(INTX).flags(), "EVENTFD, MASKABLE, AUTOMASKED");
    assertRefused("describe interrupt 3 (EINVAL)", () -> relay.interrupt(ERRORS));
    assertRefused("describe region 100 (EINVAL)", () -> relay.region(100));
  }

  @Test
  void registersAreReadAndWritten() throws IOException {
    assertEquals(EDU, read(0));
    write(LIVENESS, 0x1234_5678);
    assertEquals(~0x1234_5678, read(LIVENESS));
    MemorySegment config = arena.allocate(256);
    relay.read(CONFIG, 0, config);
    assertEquals(0x11e8_1234, config.get(JAVA_INT, 0));
    for (int register = 0; register < 256; register++) {
      long expected = device.readConfig(register, 1);
      assertEquals(expected, Byte.toUnsignedLong(config.get(JAVA_BYTE, register)));
    }
    word.set(JAVA_BYTE, 0, (byte) 0x5a);
    relay.write(CONFIG, 0x3c, word.asSlice(0, 1)); // The interrupt line: anything may be in it.
    assertEquals(0x5a, device.readConfig(0x3c, 1));
    long bytes = relay.region(0).bytes();
    assertThrows(IllegalArgumentException.class, () -> relay.read(0, bytes - 3, word));
  }

  @Test
  void aPinIsMaskedAndUnmaskedAsAClientAsks() throws IOException {
    ask(CONNECT, INTX, counter.number());
    write(RAISE, 1);
    counter.assertCounts("raised");
    counter.assertQuiet("masked, though still raised");
    ask(UNMASK, INTX);
    counter.assertCounts("unmasked while raised");
    write(ACKNOWLEDGE, 1);
    ask(UNMASK, INTX);
    ask(MASK, INTX);
    write(RAISE, 1);
    counter.assertQuiet("masked");
    ask(UNMASK, INTX);
    counter.assertCounts("unmasked");
    ask(UNMASK_ON, INTX, other.number());
    other.add();
    counter.assertCounts("unmasked by a counter");
    ask(UNMASK_ON, INTX);
    other.add();
    counter.assertQuiet("no counter unmasks it any more");
    write(ACKNOWLEDGE, 1);
    disable(INTX);
    assertRefused("(EINVAL)", () -> disable(INTX));
  }

  @Test
  void messagesAreCounted() throws IOException {
    device.writeConfig(COMMAND, 2, MEMORY_AND_BUS_MASTER);
    ask(CONNECT, MSI, counter.number());
    write(RAISE, 1);
    counter.assertCounts("first");
    ask(CONNECT, MSI, other.number());
    write(RAISE, 1);
    other.assertCounts("connected in its place");
    ask(CONNECT, MSI);
    write(RAISE, 1);
    counter.assertQuiet("no counter");
    other.assertQuiet("no counter");
    assertRefused("(ENOTTY)", () -> ask(MASK, MSI));
    assertRefused("(EINVAL)", () -> ask(CONNECT, INTX, counter.number()));
    relay.disableInterrupts();
    ask(CONNECT, INTX, counter.number());
    write(ACKNOWLEDGE, 1);
  }

  /** As a client has it that was sent the descriptor, and outlives this process's mapper. */
  @Test
  void whoWasLentTheFileMapsRegionsAndGetsNoInterruptOnceTheMapperIsClosed() throws IOException {
    RelayedRegion region = relay.region(0);
    int sent = (int) relay.lend(CALLS::duplicate);
    var file = new Descriptor(CALLS, sent);
    try (Arena mapping = Arena.ofConfined()) {
      MemorySegment registers =
          DeviceMemory.map(CALLS, file, region.offset(), region.bytes(), mapping).orElseThrow();
      assertEquals(EDU, (int) REGISTER.getVolatile(registers, 0L));
      ask(CONNECT, INTX, counter.number());
      REGISTER.setVolatile(registers, RAISE, 1);
      counter.assertCounts("raised by the other's mapping");
      REGISTER.setVolatile(registers, ACKNOWLEDGE, 1);
      ask(UNMASK, INTX);
      mapper.close();
      assertEquals(EDU, (int) REGISTER.getVolatile(registers, 0L), "the device is still open");
      REGISTER.setVolatile(registers, RAISE, 1);
      counter.assertQuiet("disabled");
      REGISTER.setVolatile(registers, ACKNOWLEDGE, 1);
    } finally {
      file.close();
    }
  }

  private int read(long register) throws IOException {
    relay.read(0, register, word);
    return word.get(JAVA_INT, 0);
  }

  private void write(long register, int value) throws IOException {
    word.set(JAVA_INT, 0, value);
    relay.write(0, register, word);
  }

  private void ask(int flags, int index, Integer... eventfds) throws IOException {
    relay.setInterrupts(new InterruptRequest(flags, index, 0, 1, List.of(eventfds), List.of()));
  }

  private void disable(int index) throws IOException {
    relay.setInterrupts(new InterruptRequest(DISABLE, index, 0, 0, List.of(), List.of()));
  }

  private static void assertRefused(String expected, Executable call) {
    String refusal = assertThrows(IOException.class, call).toString();
    System.out.println("MESSAGE " + refusal);
    assertTrue(refusal.contains(expected), refusal);
  }

  private static VfioMapper open() {
    try {
      return VfioMapper.open(GuestDevices.one(), GuestDevices.backend());
    } catch (HostRefusedException refusal) {
      throw new AssertionError(refusal);
    }
  }
}
