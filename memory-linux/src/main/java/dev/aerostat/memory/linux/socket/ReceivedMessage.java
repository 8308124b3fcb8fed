package dev.aerostat.memory.linux.socket;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A whole message.
 *
 * @param <H> what a header is
 * @param header what it begins with
 * @param payload what follows, in the byte order of this host
 * @param descriptors that came with it, which are the receiver's to close
 */
public record ReceivedMessage<H>(H header, ByteBuffer payload, List<Descriptor> descriptors) {
  /** Makes the descriptors a list that does not change. */
  public ReceivedMessage {
    descriptors = List.copyOf(descriptors);
  }
}
