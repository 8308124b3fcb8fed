package dev.aerostat.vmm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A 16550A, driven as Linux's 8250 driver does (drivers/tty/serial/8250). */
@Timeout(60)
final class SerialPortTest {
  private final StringBuilder sent = new StringBuilder();
  private final List<Boolean> levels = new ArrayList<>();
  private final SerialPort port = new SerialPort(value -> sent.append((char) value), levels::add);

  private int read(int register) {
    return (int) port.read(register, 1);
  }

  private void write(int register, int value) {
    assertTrue(port.write(register, 1, value).isDone());
  }

  @Test
  void itIsFoundAsA16550A() {
    write(7, 0x5a);
    assertEquals(0x5a, read(7), "scratch");
    write(1, 0x0f);
    assertEquals(0x0f, read(1));
    write(4, 0x1a);
    assertEquals(0x90, read(6) & 0xf0, "in the loop outputs are inputs");
    write(4, 0);
    write(1, 0);
    assertEquals(0x01, read(2), "FIFOs off, no interrupt");
    write(2, 1);
    assertEquals(0xc1, read(2), "FIFOs on, no interrupt");
  }

  @Test
  void theDivisorHidesDataAndInterruptsWhileItIsShown() {
    write(3, 0x83);
    write(0, 0x0c);
    write(1, 0x02);
    assertEquals(0x0c, read(0));
    assertEquals(0x02, read(1));
    write(3, 0x03);
    assertEquals(0, read(1));
    write(0, 'x');
    assertEquals("x", sent.toString());
  }

  @Test
  void whatIsSentGoesOutAtOnceAndIsToldOnceByAnInterrupt() {
    write(0, 'a');
    assertEquals(0x60, read(5), "all is sent");
    assertTrue(levels.isEmpty(), "nobody asked for an interrupt");
    write(1, 2);
    assertEquals(List.of(true), levels);
    assertEquals(2, read(2));
    assertEquals(List.of(true, false), levels);
    assertEquals(1, read(2));
    write(0, 'b');
    assertEquals(List.of(true, false, true), levels);
    assertEquals("ab", sent.toString());
  }

  @Test
  void whatComesInWaitsAndInterruptsUntilItIsRead() throws InterruptedException {
    write(1, 1);
    port.receive((byte) 'h');
    port.receive((byte) 0xff);
    assertEquals(List.of(true), levels);
    assertEquals(4, read(2), "data came; and it stays so");
    assertEquals(0x61, read(5));
    assertEquals('h', read(0));
    assertEquals(0xff, read(0));
    assertEquals(List.of(true, false), levels);
    assertEquals(0x60, read(5));
    assertEquals(0, read(0), "nothing is there");
  }

  @Test
  void aGuestThatDoesNotReadKeepsTheUserWaitingAndLosesNothing() throws Exception {
    String text = "line of more than sixteen bytes\n".repeat(4);
    var input =
        ConsoleInput.start(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)), port);
    var read = new StringBuilder();
    while (read.length() < text.length()) {
      if ((read(5) & 1) != 0) {
        read.append((char) read(0));
      } else {
        Thread.onSpinWait();
      }
    }
    assertEquals(text, read.toString());
    input.close();
  }

  @Test
  void clearingTheFifoForgetsWhatWasNotRead() throws InterruptedException {
    write(1, 1);
    port.receive((byte) 'x');
    write(2, 3);
    assertEquals(0x60, read(5));
    assertEquals(List.of(true, false), levels);
  }

  @Property
  void noAccessThrowsAndTheLineTellsChangesOnly(@ForAll List<Integer> accesses) {
    var told = new ArrayList<Boolean>();
    var any = new SerialPort(_ -> {}, told::add);
    for (int access : accesses) {
      int register = access & 7;
      if ((access & 8) != 0) {
        long _ = any.read(register, 1 + (access >> 4 & 3));
      } else {
        assertTrue(any.write(register, 1, access >> 8 & 0xff).isDone());
      }
    }
    for (int i = 0; i < told.size(); i++) {
      assertEquals(i % 2 == 0, told.get(i));
    }
  }
}
