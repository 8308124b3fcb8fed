package dev.aerostat.vmm.boot;

/**
 * ACPI Machine Language: the terms that describe devices and their events (ACPI 6.5, chapter 20).
 * Each method returns a term as bytes.
 */
final class Aml {
  private static final int NAME = 0x08;
  private static final int BYTE = 0x0a;
  private static final int DOUBLE_WORD = 0x0c;
  private static final int STRING = 0x0d;
  private static final int SCOPE = 0x10;
  private static final int BUFFER = 0x11;
  private static final int PACKAGE = 0x12;
  private static final int METHOD = 0x14;
  private static final int EXTENDED = 0x5b;
  private static final int STORE = 0x70;
  private static final int REGION = 0x80;
  private static final int FIELD = 0x81;
  private static final int DEVICE = 0x82;
  private static final int NOTIFY = 0x86;

  private static final int OF_PORTS = 1;
  private static final int BY_BYTES = 1;
  private static final int ONE_ARGUMENT_ONE_AT_A_TIME = 1 | 1 << 3;

  private Aml() {}

  static byte[] scope(String name, byte[]... terms) {
    byte[] body = new Bytes().text(name).all(terms).toArray();
    return new Bytes().u8(SCOPE).all(withLength(body)).toArray();
  }

  static byte[] device(String name, byte[]... terms) {
    byte[] body = new Bytes().text(name).all(terms).toArray();
    return new Bytes().u8(EXTENDED).u8(DEVICE).all(withLength(body)).toArray();
  }

  /**
   * Returns a port as a field to be written to.
   *
   * @param region the name of its region
   * @param field its own
   */
  static byte[] portField(String region, String field, int port) {
    byte[] body = new Bytes().text(region).u8(BY_BYTES).text(field).u8(Byte.SIZE).toArray();
    return new Bytes()
        .u8(EXTENDED)
        .u8(REGION)
        .text(region)
        .u8(OF_PORTS)
        .all(integer(port), integer(1))
        .u8(EXTENDED)
        .u8(FIELD)
        .all(withLength(body))
        .toArray();
  }

  /** Returns a method of one argument, which only one thread at a time runs. */
  static byte[] method(String name, byte[]... terms) {
    byte[] body = new Bytes().text(name).u8(ONE_ARGUMENT_ONE_AT_A_TIME).all(terms).toArray();
    return new Bytes().u8(METHOD).all(withLength(body)).toArray();
  }

  static byte[] store(byte[] value, String field) {
    return new Bytes().u8(STORE).all(value).text(field).toArray();
  }

  static byte[] notify(String device, byte[] value) {
    return new Bytes().u8(NOTIFY).text(device).all(value).toArray();
  }

  static byte[] name(String name, byte[] value) {
    return new Bytes().u8(NAME).text(name).all(value).toArray();
  }

  static byte[] integer(long value) {
    return value == (value & 0xff)
        ? new Bytes().u8(BYTE).u8((int) value).toArray()
        : new Bytes().u8(DOUBLE_WORD).u32(value).toArray();
  }

  static byte[] string(String text) {
    return new Bytes().u8(STRING).text(text).u8(0).toArray();
  }

  /**
   * Returns the compressed form of a device's name: three letters of 5 bits, four digits of 4 bits,
   * the bytes of the whole swapped (ACPI 6.5, section 19.6.37).
   *
   * @param name such as PNP0A03
   */
  static byte[] eisaId(String name) {
    int id = Integer.parseInt(name.substring(3), 16);
    for (int i = 0; i < 3; i++) {
      id |= (name.charAt(i) - '@') << (26 - 5 * i);
    }
    return new Bytes().u8(DOUBLE_WORD).u32(Integer.reverseBytes(id)).toArray();
  }

  static byte[] list(byte[]... elements) {
    byte[] body = new Bytes().u8(elements.length).all(elements).toArray();
    return new Bytes().u8(PACKAGE).all(withLength(body)).toArray();
  }

  static byte[] buffer(byte[] content) {
    byte[] body = new Bytes().all(integer(content.length), content).toArray();
    return new Bytes().u8(BUFFER).all(withLength(body)).toArray();
  }

  /**
   * A length counts its own bytes: 6 bits in one byte, or 4 bits and 8 in each byte that follows.
   */
  private static byte[] withLength(byte[] body) {
    var bytes = new Bytes();
    if (body.length + 1 < 1 << 6) {
      bytes.u8(body.length + 1);
    } else if (body.length + 2 < 1 << 12) {
      int length = body.length + 2;
      bytes.u8(1 << 6 | (length & 0xf)).u8(length >> 4);
    } else {
      int length = body.length + 3;
      bytes.u8(2 << 6 | (length & 0xf)).u16(length >> 4);
    }
    return bytes.all(body).toArray();
  }
}
