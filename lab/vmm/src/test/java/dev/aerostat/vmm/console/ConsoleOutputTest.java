package dev.aerostat.vmm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConsoleOutputTest {
  private final List<String> lines = new ArrayList<>();

  private static void print(ConsoleOutput output, String text) {
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      output.accept(Byte.toUnsignedInt(value));
    }
  }

  @Test
  void bytesGoOutAsTheyAreAndLinesComeWithoutTheirEnds() {
    var out = new ByteArrayOutputStream();
    print(new ConsoleOutput(out, lines::add), "first\r\nzwölf\nnot yet");
    assertEquals("first\r\nzwölf\nnot yet", out.toString(StandardCharsets.UTF_8));
    assertEquals(List.of("first", "zwölf"), lines);
  }

  @Test
  void aLineWithoutEndComesInPieces() {
    var output = new ConsoleOutput(OutputStream.nullOutputStream(), lines::add);
    print(output, "x".repeat(1_000_000) + "\n");
    assertTrue(lines.stream().allMatch(line -> line.length() <= 4096));
    assertEquals(1_000_000, lines.stream().mapToInt(String::length).sum());
  }

  @Test
  void anOutputThatNobodyReadsDoesNotStopTheGuest() {
    var closed =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("closed");
          }
        };
    print(new ConsoleOutput(closed, lines::add), "still\n");
    assertEquals(List.of("still"), lines);
  }
}
