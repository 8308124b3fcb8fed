package dev.aerostat.memory.linux.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How the messages of a protocol follow each other on a stream: each is a header of one length, and
 * a payload whose length the header has. Implementations are immutable.
 *
 * @param <H> what a header is
 */
public interface Framing<H> {
  /**
   * Returns how long a header is.
   *
   * @return bytes, 1 or more
   */
  int headerBytes();

  /**
   * Returns how long a payload may be.
   *
   * @return bytes, 0 or more
   */
  int mostPayloadBytes();

  /**
   * Returns how many descriptors may come with a message.
   *
   * @return 1 or more
   */
  int mostDescriptors();

  /**
   * Returns who sends the messages, for what is reported of it.
   *
   * @return such as {@code the front end}
   */
  String peer();

  /**
   * Reads a header.
   *
   * @param bytes the header, in the byte order of this host
   * @return what it is
   * @throws IOException if it is none, or its payload is longer than {@link #mostPayloadBytes}: the
   *     connection ends
   */
  H header(ByteBuffer bytes) throws IOException;

  /**
   * Returns how long the payload is that follows a header.
   *
   * @param header as it was read
   * @return bytes, 0 to {@link #mostPayloadBytes}
   */
  int payloadBytes(H header);
}
