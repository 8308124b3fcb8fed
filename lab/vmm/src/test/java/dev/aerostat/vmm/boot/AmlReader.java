package dev.aerostat.vmm.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads ACPI Machine Language, written from the specification (ACPI 6.5, chapter 20.2) for the
 * tests alone: a scope or a device becomes a map by name, a package a list, a buffer bytes; a
 * region, a field of it and a method become lists.
 */
final class AmlReader {
  private final ByteBuffer aml;

  private AmlReader(byte[] aml) {
    this.aml = ByteBuffer.wrap(aml).order(ByteOrder.LITTLE_ENDIAN);
  }

  static Map<String, Object> read(byte[] aml) {
    var reader = new AmlReader(aml);
    return reader.terms(aml.length);
  }

  private Map<String, Object> terms(int end) {
    var terms = new LinkedHashMap<String, Object>();
    while (aml.position() < end) {
      int opcode = next();
      switch (opcode) {
        case 0x08 -> terms.put(nameString(), value());
        case 0x10 -> block(terms);
        case 0x14 -> method(terms);
        case 0x5b -> extended(terms);
        default -> throw new AssertionError("opcode 0x%x".formatted(opcode));
      }
    }
    require(aml.position() == end, "a term reaches beyond what it is in");
    return terms;
  }

  private void extended(Map<String, Object> terms) {
    int opcode = next();
    switch (opcode) {
      case 0x80 -> terms.put(nameString(), List.of((long) next(), value(), value()));
      case 0x81 -> field(terms);
      case 0x82 -> block(terms);
      default -> throw new AssertionError("opcode 0x5b 0x%x".formatted(opcode));
    }
  }

  /** One field, of less than 64 bits. */
  private void field(Map<String, Object> terms) {
    int end = packageEnd();
    String region = nameString();
    long flags = next();
    terms.put(nameString(), List.of(region, flags, (long) next()));
    require(aml.position() == end, "there is one field");
  }

  private void method(Map<String, Object> terms) {
    int end = packageEnd();
    String name = nameString();
    var statements = new ArrayList<Object>(List.of((long) next()));
    while (aml.position() < end) {
      int opcode = next();
      statements.add(
          switch (opcode) {
            case 0x70 -> List.of("store", value(), nameString());
            case 0x86 -> List.of("notify", nameString(), value());
            default -> throw new AssertionError("statement 0x%x".formatted(opcode));
          });
    }
    terms.put(name, statements);
  }

  private void block(Map<String, Object> terms) {
    int end = packageEnd();
    terms.put(nameString(), terms(end));
  }

  private int packageEnd() {
    int start = aml.position();
    int lead = next();
    int more = lead >> 6;
    int length = more == 0 ? lead & 0x3f : lead & 0xf;
    for (int i = 0; i < more; i++) {
      length |= next() << (4 + 8 * i);
    }
    return start + length;
  }

  private String nameString() {
    String root = "";
    if (aml.get(aml.position()) == '\\') {
      root = "\\";
      int _ = next();
    }
    var segment = new byte[4];
    aml.get(segment);
    return root + new String(segment, StandardCharsets.US_ASCII);
  }

  private Object value() {
    int opcode = next();
    return switch (opcode) {
      case 0x0a -> (long) next();
      case 0x0b -> (long) Short.toUnsignedInt(aml.getShort());
      case 0x0c -> Integer.toUnsignedLong(aml.getInt());
      case 0x0d -> string();
      case 0x11 -> buffer();
      case 0x12 -> elements();
      default -> throw new AssertionError("value 0x%x".formatted(opcode));
    };
  }

  private String string() {
    var text = new StringBuilder();
    for (int letter = next(); letter != 0; letter = next()) {
      text.append((char) letter);
    }
    return text.toString();
  }

  private byte[] buffer() {
    int end = packageEnd();
    long size = (long) value();
    var bytes = new byte[(int) size];
    aml.get(bytes);
    require(aml.position() == end, "a buffer is as long as its length");
    return bytes;
  }

  private List<Object> elements() {
    int end = packageEnd();
    int count = next();
    var elements = new ArrayList<Object>();
    for (int i = 0; i < count; i++) {
      elements.add(value());
    }
    require(aml.position() == end, "a package has as many elements as its count");
    return elements;
  }

  private int next() {
    return Byte.toUnsignedInt(aml.get());
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
