package dev.aerostat.vhost.guest;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A front end that sends each message when it is told to, with the two queues of a balloon driver
 * in memory of its own: the guest that a test plays. One thread at a time.
 */
public final class VhostFrontEnd implements AutoCloseable {
  /** Index of the queue for pages that go into the balloon. */
  public static final int INFLATE = 0;

  /** Index of the queue for pages that come out of it. */
  public static final int DEFLATE = 1;

  /** Feature bit of the protocol itself: its features can be negotiated. */
  public static final long PROTOCOL_FEATURES = 1L << 30;

  /** Protocol feature: requests can be acknowledged. */
  public static final long REPLY_ACK = 1L << 3;

  /** Protocol feature: the config space is read and written by messages. */
  public static final long CONFIG = 1L << 9;

  /** Protocol feature: the device is reset by a message. */
  public static final long RESET_DEVICE = 1L << 13;

  /** Protocol feature: the driver's status is told. */
  public static final long STATUS = 1L << 16;

  private static final int GET_FEATURES = 1;
  private static final int SET_FEATURES = 2;
  private static final int SET_OWNER = 3;
  private static final int RESET_OWNER = 4;
  private static final int SET_MEM_TABLE = 5;
  private static final int SET_VRING_NUM = 8;
  private static final int SET_VRING_ADDR = 9;
  private static final int SET_VRING_BASE = 10;
  private static final int GET_VRING_BASE = 11;
  private static final int SET_VRING_KICK = 12;
  private static final int SET_VRING_CALL = 13;
  private static final int GET_PROTOCOL_FEATURES = 15;
  private static final int SET_PROTOCOL_FEATURES = 16;
  private static final int SET_VRING_ENABLE = 18;
  private static final int GET_CONFIG = 24;
  private static final int SET_CONFIG = 25;
  private static final int RESET_DEVICE_REQUEST = 34;
  private static final int SET_STATUS = 39;
  private static final int GET_STATUS = 40;

  private static final int CONFIG_HEADER_BYTES = 12;
  private static final int ACTUAL = 4;
  private static final long RING_BYTES = 1 << 20;
  private static final int RING_SIZE = 64;

  private final BackEnd backEnd;
  private final LinuxGuestMemory memory;
  private final MemoryRegion ram;
  private final List<MessageRing> rings = new ArrayList<>();
  private final List<Descriptor> kicks = new ArrayList<>();
  private final List<Descriptor> calls = new ArrayList<>();
  private final MemorySegment one = Arena.ofAuto().allocateFrom(JAVA_LONG, 1);
  private final boolean acknowledged;

  private VhostFrontEnd(BackEnd backEnd, LinuxGuestMemory memory, boolean acknowledged)
      throws IOException {
    this.backEnd = backEnd;
    this.memory = memory;
    this.ram = memory.guestMemory().regions().getFirst();
    this.acknowledged = acknowledged;
    for (int queue = INFLATE; queue <= DEFLATE; queue++) {
      rings.add(new MessageRing(ram.segment(), (queue + 1) * RING_BYTES, RING_SIZE));
      kicks.add(BackEndSignals.eventCounter());
      calls.add(BackEndSignals.eventCounter());
    }
  }

  /**
   * Connects to a back end and negotiates.
   *
   * @param socket where it listens
   * @param bytes of the guest's memory, from address 0 on
   * @param features of the device, {@link #PROTOCOL_FEATURES} perhaps among them
   * @param protocolFeatures such as {@link #REPLY_ACK}, where those are among the features
   * @return a front end that has not shared its memory yet
   * @throws IOException if there is no back end, or it refuses
   */
  public static VhostFrontEnd connect(Path socket, long bytes, long features, long protocolFeatures)
      throws IOException {
    LinuxGuestMemory memory =
        LinuxGuestMemory.allocate(
            List.of(GuestRange.ofLength(0, bytes)), new MemoryBacking.Shared(false));
    VhostFrontEnd frontEnd;
    boolean negotiates = (features & PROTOCOL_FEATURES) != 0;
    try {
      BackEnd backEnd = BackEnd.connect(socket);
      frontEnd =
          new VhostFrontEnd(backEnd, memory, negotiates && (protocolFeatures & REPLY_ACK) != 0);
    } catch (IOException failure) {
      memory.close();
      throw failure;
    }
    try {
      frontEnd.negotiate(features, negotiates ? protocolFeatures : 0);
      return frontEnd;
    } catch (IOException failure) {
      frontEnd.close();
      throw failure;
    }
  }

  private void negotiate(long features, long protocolFeatures) throws IOException {
    backEnd.tell(SET_OWNER, BackEnd.payload(0));
    require(GET_FEATURES, features);
    if ((features & PROTOCOL_FEATURES) != 0) {
      require(GET_PROTOCOL_FEATURES, protocolFeatures);
      backEnd.tell(SET_PROTOCOL_FEATURES, number(protocolFeatures));
    }
    send(SET_FEATURES, number(features));
  }

  private void require(int request, long bits) throws IOException {
    long offered = backEnd.askNumber(request);
    if ((bits & ~offered) != 0) {
      throw new IOException("0x%x is offered, 0x%x is wanted".formatted(offered, bits));
    }
  }

  /** Sends what a sane back end accepts, and waits for its word if it has one. */
  private void send(int request, ByteBuffer payload, int... descriptors) throws IOException {
    if (acknowledged) {
      backEnd.require(request, payload, descriptors);
    } else {
      backEnd.tell(request, payload, descriptors);
    }
  }

  private static ByteBuffer number(long value) {
    return BackEnd.payload(Long.BYTES).putLong(value);
  }

  private static ByteBuffer pair(int index, int value) {
    return BackEnd.payload(2 * Integer.BYTES).putInt(index).putInt(value);
  }

  /**
   * Sends the memory table.
   *
   * @throws IOException if it is refused
   */
  public void shareMemory() throws IOException {
    send(
        SET_MEM_TABLE,
        BackEnd.payload(40)
            .putInt(1)
            .putInt(0)
            .putLong(ram.range().start())
            .putLong(ram.range().length())
            .putLong(ram.segment().address())
            .putLong(0),
        memory.descriptor(ram.range()).orElseThrow());
  }

  /**
   * Sends a queue's size.
   *
   * @param queue its index
   * @throws IOException if it is refused
   */
  public void size(int queue) throws IOException {
    send(SET_VRING_NUM, pair(queue, RING_SIZE));
  }

  /**
   * Sends the index from which a queue goes on.
   *
   * @param queue its index
   * @param next index of the next message, as {@link #handBack} said; 0 at first
   * @throws IOException if it is refused
   */
  public void base(int queue, int next) throws IOException {
    send(SET_VRING_BASE, pair(queue, next));
  }

  /**
   * Sends where a queue lies.
   *
   * @param queue its index
   * @throws IOException if it is refused
   */
  public void addresses(int queue) throws IOException {
    MessageRing ring = rings.get(queue);
    long start = ram.segment().address();
    send(
        SET_VRING_ADDR,
        BackEnd.payload(40)
            .putInt(queue)
            .putInt(0)
            .putLong(start + ring.descriptors())
            .putLong(start + ring.used())
            .putLong(start + ring.available())
            .putLong(0));
  }

  /**
   * Sends where a queue's interrupts go.
   *
   * @param queue its index
   * @throws IOException if it is refused
   */
  public void call(int queue) throws IOException {
    send(SET_VRING_CALL, number(queue), calls.get(queue).number());
  }

  /**
   * Sends where a queue's notifications come from.
   *
   * @param queue its index
   * @throws IOException if it is refused
   */
  public void kick(int queue) throws IOException {
    send(SET_VRING_KICK, number(queue), kicks.get(queue).number());
  }

  /**
   * Enables or disables a queue.
   *
   * @param queue its index
   * @param on whether it is to be enabled
   * @throws IOException if it is refused
   */
  public void enable(int queue, boolean on) throws IOException {
    send(SET_VRING_ENABLE, pair(queue, on ? 1 : 0));
  }

  /**
   * Stops a queue.
   *
   * @param queue its index
   * @return index of the next message that would be read
   * @throws IOException if the back end is gone
   */
  public int handBack(int queue) throws IOException {
    return backEnd.ask(GET_VRING_BASE, pair(queue, 0)).getInt(Integer.BYTES);
  }

  /**
   * Resets the device.
   *
   * @throws IOException if it is refused
   */
  public void resetDevice() throws IOException {
    send(RESET_DEVICE_REQUEST, BackEnd.payload(0));
  }

  /**
   * Disables all queues, as front ends once did.
   *
   * @throws IOException if it is refused
   */
  public void resetOwner() throws IOException {
    send(RESET_OWNER, BackEnd.payload(0));
  }

  /**
   * Sends the driver's status.
   *
   * @param status bits as the driver has them; 0 is a reset
   * @throws IOException if it is refused
   */
  public void status(int status) throws IOException {
    send(SET_STATUS, number(status));
  }

  /**
   * Asks for the driver's status.
   *
   * @return bits
   * @throws IOException if the back end is gone
   */
  public int status() throws IOException {
    return (int) backEnd.askNumber(GET_STATUS);
  }

  /**
   * Reads {@code actual}.
   *
   * @return what was written last, in pages of 4 KiB
   * @throws IOException if the back end is gone
   */
  public int actual() throws IOException {
    return backEnd.ask(GET_CONFIG, config()).getInt(CONFIG_HEADER_BYTES);
  }

  /**
   * Writes {@code actual}.
   *
   * @param pages of 4 KiB
   * @throws IOException if it is refused
   */
  public void actual(int pages) throws IOException {
    send(SET_CONFIG, config().putInt(pages));
  }

  private static ByteBuffer config() {
    return BackEnd.payload(CONFIG_HEADER_BYTES + Integer.BYTES)
        .putInt(ACTUAL)
        .putInt(Integer.BYTES)
        .putInt(0);
  }

  /**
   * Asks something that changes nothing: whatever was sent before has been taken then.
   *
   * @throws IOException if the back end is gone
   */
  public void waitUntilTaken() throws IOException {
    long _ = backEnd.askNumber(GET_FEATURES);
  }

  /**
   * Sends a message on a queue, and rings.
   *
   * @param queue its index
   * @param firstPage first of the pages that it names
   * @param pages how many, 1 to 256
   */
  public void post(int queue, int firstPage, int pages) {
    rings.get(queue).post(firstPage, pages);
    ring(queue);
  }

  /**
   * Rings, whether there is anything to read or not.
   *
   * @param queue its index
   */
  public void ring(int queue) {
    long _ = SocketCalls.libc().write(kicks.get(queue).number(), one);
  }

  /**
   * Takes the messages that came back.
   *
   * @param queue its index
   * @return how many are still out
   * @throws IllegalStateException if one came back twice, or was not out
   */
  public int takeBack(int queue) {
    return rings.get(queue).takeBack();
  }

  /** Makes the rings new, as a driver does that is loaded anew. */
  public void newDriver() {
    rings.forEach(MessageRing::clear);
  }

  @Override
  public void close() {
    backEnd.close();
    kicks.forEach(Descriptor::close);
    calls.forEach(Descriptor::close);
    memory.close();
  }
}
