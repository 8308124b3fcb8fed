package dev.aerostat.vmm.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Finds ACPI tables as an operating system does (ACPI 6.5, chapter 5.2), and checks their sums. */
final class AcpiReader {
  private final byte[] memory;
  private final Map<String, byte[]> tables = new HashMap<>();

  private AcpiReader(byte[] memory) {
    this.memory = memory;
  }

  /** Follows the pointers from the root pointer, which is searched for. */
  static AcpiReader read(MemorySegment low) {
    var reader = new AcpiReader(low.asSlice(0, 1 << 20).toArray(ValueLayout.JAVA_BYTE));
    reader.follow(reader.search());
    return reader;
  }

  /** Returns the table of a name, which must be there. */
  byte[] table(String name) {
    return Objects.requireNonNull(tables.get(name), name);
  }

  /** An old kernel looks at each 16 bytes of the last 128 KiB below 1 MiB. */
  private int search() {
    for (int at = 0xe0000; at < 0x100000; at += 16) {
      if (text(at, 8).equals("RSD PTR ")) {
        return at;
      }
    }
    throw new AssertionError("no root pointer");
  }

  private void follow(int root) {
    assertEquals(0, sum(root, 20), "sum of the first version");
    assertEquals(36, bytes().getInt(root + 20));
    assertEquals(0, sum(root, 36), "sum of all");
    assertEquals(2, memory[root + 15], "revision");
    byte[] xsdt = table((int) bytes().getLong(root + 24));
    for (int at = 36; at < xsdt.length; at += 8) {
      byte[] _ = table((int) little(xsdt).getLong(at));
    }
    byte[] _ = table((int) little(table("FACP")).getLong(140));
  }

  private byte[] table(int at) {
    int length = bytes().getInt(at + 4);
    assertEquals(0, sum(at, length), "sum of " + text(at, 4));
    var table = new byte[length];
    System.arraycopy(memory, at, table, 0, length);
    tables.put(text(at, 4), table);
    return table;
  }

  private byte sum(int at, int count) {
    byte sum = 0;
    for (int i = at; i < at + count; i++) {
      sum += memory[i];
    }
    return sum;
  }

  private String text(int at, int length) {
    return new String(memory, at, length, StandardCharsets.US_ASCII);
  }

  private ByteBuffer bytes() {
    return little(memory);
  }

  static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
