package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.QueueLayout;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One connection of a front end, from its first message to its last. One thread runs it. */
final class VhostUserSession implements FrontEnd, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(VhostUserSession.class.getName());

  /** A balloon has five queues at most (virtio 1.2, section 5.5.2). */
  private static final int QUEUES = 5;

  private static final int INDEX_MASK = 0xff;
  private static final int NO_DESCRIPTOR = 1 << 8;
  private static final int CONFIG_CHANGE = 2;
  private static final int CONFIG_HEADER_BYTES = 12;
  private static final int MOST_CONFIG_BYTES = 256;
  private static final int RESET_LOOK_MILLIS = 1;

  private final BalloonSettings settings;
  private final BalloonHost host;
  private final Connection connection;
  private final Waiter waiter;
  private final List<Vring> vrings = new ArrayList<>();
  private final Line backEndRequests =
      new Line(Arena.ofAuto().allocateFrom(JAVA_INT, CONFIG_CHANGE, MessageHeader.VERSION, 0));
  private Optional<MemoryTable> table = Optional.empty();
  private Optional<Attachment> attachment = Optional.empty();
  private long features;
  private boolean started;

  VhostUserSession(
      BalloonSettings settings, BalloonHost host, Connection connection, Descriptor stop) {
    this.settings = settings;
    this.host = host;
    this.connection = connection;
    for (int queue = 0; queue < QUEUES; queue++) {
      vrings.add(new Vring());
    }
    this.waiter = new Waiter(stop, connection.number(), vrings);
  }

  /** Serves the front end until it goes, or until the server stops. */
  void run() throws IOException {
    try {
      while (waiter.await(this::kicked)) {
        try (Message message = connection.receive()) {
          serve(message);
        }
      }
    } catch (EOFException gone) {
      LOG.log(Level.DEBUG, "the front end is gone", gone);
    }
  }

  private void kicked(int queue) {
    attachment.ifPresent(attached -> attached.balloon().kicked(queue));
  }

  @Override
  public void interruptQueue(int queue) {
    vrings.get(queue).call().signal();
  }

  @Override
  public void interruptConfig() {
    backEndRequests.signal();
  }

  private void serve(Message message) throws IOException {
    Optional<Request> request = Request.of(message.header().request());
    try {
      if (request.isEmpty()) {
        throw new RefusedException(
            "request %d is not served".formatted(message.header().request()));
      }
      if (!answered(request.get(), message) && message.header().needsReply()) {
        connection.reply(message, number(0));
      }
    } catch (RefusedException refusal) {
      LOG.log(
          Level.WARNING,
          "{0} is refused: {1}",
          request.map(Request::name).orElse("a request"),
          refusal.getMessage());
      if (!message.header().needsReply()) {
        throw new IOException("cannot go on: " + refusal.getMessage(), refusal);
      }
      connection.reply(message, number(1));
    }
  }

  /** Returns whether the request has been answered, because it asks for something. */
  private boolean answered(Request request, Message message) throws IOException, RefusedException {
    switch (request) {
      case GET_FEATURES ->
          connection.reply(message, number(settings.featureBits() | ProtocolFeatures.NEGOTIABLE));
      case GET_PROTOCOL_FEATURES -> connection.reply(message, number(ProtocolFeatures.OFFERED));
      case GET_QUEUE_NUM -> connection.reply(message, number(QUEUES));
      case GET_VRING_BASE -> stopVring(message);
      case GET_CONFIG -> readConfig(message);
      default -> {
        take(request, message);
        return false;
      }
    }
    return true;
  }

  private void take(Request request, Message message) throws IOException, RefusedException {
    switch (request) {
      case SET_FEATURES -> chooseFeatures(message.read(ByteBuffer::getLong));
      case RESET_OWNER -> resetDevice();
      case SET_MEM_TABLE -> shareMemory(message);
      case SET_VRING_NUM -> place(message, (vring, state) -> vring.size(state.number()));
      case SET_VRING_BASE -> place(message, (vring, state) -> vring.base(state.number()));
      case SET_VRING_ADDR -> {
        VringAddresses addresses = message.read(VringAddresses::read);
        vring(addresses.index()).addresses(addresses);
      }
      case SET_VRING_KICK -> kick(message);
      case SET_VRING_CALL -> call(message);
      case SET_VRING_ENABLE -> enable(message.read(VringState::read));
      case SET_BACKEND_REQ_FD -> backEndRequests.connect(message.takeDescriptor());
      case SET_CONFIG -> writeConfig(message);
      case SET_OWNER, SET_PROTOCOL_FEATURES, SET_VRING_ERR -> {}
      case GET_FEATURES, GET_PROTOCOL_FEATURES, GET_QUEUE_NUM, GET_VRING_BASE, GET_CONFIG ->
          throw new IllegalStateException(request + " is answered elsewhere");
    }
  }

  private Vring vring(int index) throws RefusedException {
    if (index < 0 || index >= QUEUES) {
      throw new RefusedException("there is no queue %d".formatted(index));
    }
    return vrings.get(index);
  }

  // --- Features and memory ----------------------------------------------------------------------

  private void chooseFeatures(long chosen) throws IOException, RefusedException {
    long ofDevice = chosen & ~ProtocolFeatures.NEGOTIABLE;
    if (!settings.accepts(ofDevice)) {
      throw new RefusedException(
          "features 0x%x: expected MUST_TELL_HOST and VERSION_1, and none but 0x%x"
              .formatted(ofDevice, settings.featureBits()));
    }
    if (started && ofDevice != features) {
      resetDevice();
    }
    features = ofDevice;
  }

  private void shareMemory(Message message) throws IOException, RefusedException {
    MemoryTable next = message.read(MemoryTable::read);
    var files = new ArrayList<Descriptor>();
    try {
      for (int i = 0; i < next.regions().size(); i++) {
        files.add(message.takeDescriptor());
      }
      if (attachment.isPresent() && attachment.get().memory().is(next, files)) {
        resetDevice();
      } else {
        attach(next, files);
      }
      table = Optional.of(next);
    } finally {
      files.forEach(Descriptor::close);
    }
  }

  private void attach(MemoryTable next, List<Descriptor> files) throws RefusedException {
    detach();
    SharedMemory memory = SharedMemory.map(next, files);
    try {
      attachment = Optional.of(new Attachment(memory, host.host(memory.guestMemory(), this)));
    } catch (IOException | RuntimeException refusal) {
      memory.close();
      throw new RefusedException("no device for this memory: " + refusal, refusal);
    }
  }

  private void detach() {
    started = false;
    attachment.ifPresent(Attachment::close);
    attachment = Optional.empty();
  }

  // --- Queues -----------------------------------------------------------------------------------

  private interface Placing {
    void place(Vring vring, VringState state);
  }

  private void place(Message message, Placing placing) throws RefusedException {
    VringState state = message.read(VringState::read);
    placing.place(vring(state.index()), state);
  }

  private void kick(Message message) throws RefusedException {
    long state = message.read(ByteBuffer::getLong);
    if ((state & NO_DESCRIPTOR) != 0) {
      throw new RefusedException("a queue that is polled, without a kick, is not served");
    }
    vring((int) state & INDEX_MASK).kick(message.takeDescriptor());
  }

  private void call(Message message) throws RefusedException {
    long state = message.read(ByteBuffer::getLong);
    Line call = vring((int) state & INDEX_MASK).call();
    if ((state & NO_DESCRIPTOR) != 0) {
      call.close();
    } else {
      call.connect(message.takeDescriptor());
    }
  }

  private void enable(VringState state) throws IOException, RefusedException {
    Vring vring = vring(state.index());
    boolean on = state.number() != 0;
    vring.enabled(on);
    if (!on) {
      resetDevice();
    } else if (!started && placed().stream().allMatch(Vring::isReady)) {
      startDriver();
    }
  }

  private List<Vring> placed() {
    return vrings.stream().filter(Vring::isPlaced).toList();
  }

  private void startDriver() throws RefusedException {
    if (placed().isEmpty()) {
      return;
    }
    Attachment attached =
        attachment.orElseThrow(() -> new RefusedException("queues before a memory table"));
    Map<Integer, QueueLayout> queues = new TreeMap<>();
    for (int queue = 0; queue < QUEUES; queue++) {
      if (vrings.get(queue).isPlaced()) {
        queues.put(queue, vrings.get(queue).layout(table.orElseThrow()));
      }
    }
    attached.startDriver(features, queues);
    started = true;
  }

  /**
   * Resets the device and waits until that has taken effect, or the front end is gone: as long as
   * its request is not answered, the front end cannot go on.
   */
  private void resetDevice() throws IOException, RefusedException {
    if (!started) {
      return;
    }
    Attachment attached = attachment.orElseThrow();
    attached.device().writeStatus(0);
    while (!attached.isReset()) {
      if (waiter.isOver(RESET_LOOK_MILLIS)) {
        throw new EOFException("the front end went during a reset");
      }
    }
    started = false;
    for (Vring vring : placed()) {
      vring.stop(attached.memory().read16(vring.layout(table.orElseThrow()).deviceArea() + 2));
    }
    attached.balloon().driverStopped();
  }

  /** Answers where the queue would go on: all that was not returned is to be read again. */
  private void stopVring(Message message) throws IOException, RefusedException {
    VringState state = message.read(VringState::read);
    Vring vring = vring(state.index());
    resetDevice();
    var reply = payload(VringState.BYTES);
    new VringState(state.index(), vring.base()).write(reply);
    connection.reply(message, reply);
  }

  // --- Config space -----------------------------------------------------------------------------

  private void readConfig(Message message) throws IOException, RefusedException {
    ByteBuffer asked = configAccess(message);
    int offset = asked.getInt();
    int size = asked.getInt();
    int flags = asked.getInt();
    var reply = payload(CONFIG_HEADER_BYTES + size).putInt(offset).putInt(size).putInt(flags);
    // Before there is a device, and beyond its config space, all is 0.
    attachment.ifPresent(attached -> ConfigBytes.read(attached.device(), offset, size, reply));
    connection.reply(message, reply.position(CONFIG_HEADER_BYTES + size));
  }

  private void writeConfig(Message message) throws RefusedException {
    ByteBuffer written = configAccess(message);
    int offset = written.getInt();
    int size = written.getInt();
    int _ = written.getInt();
    if (written.remaining() < size) {
      throw new RefusedException("a config write of %d bytes without them".formatted(size));
    }
    attachment.ifPresent(attached -> ConfigBytes.write(attached.device(), offset, size, written));
  }

  private static ByteBuffer configAccess(Message message) throws RefusedException {
    ByteBuffer access = message.payload();
    if (access.remaining() < CONFIG_HEADER_BYTES) {
      throw new RefusedException("a config access without its offset and size");
    }
    int offset = access.getInt(0);
    int size = access.getInt(Integer.BYTES);
    if (offset < 0 || size < 0 || offset > MOST_CONFIG_BYTES || size > MOST_CONFIG_BYTES) {
      throw new RefusedException(
          "a config access of %d bytes at %d: expected at most %d"
              .formatted(size, offset, MOST_CONFIG_BYTES));
    }
    return access;
  }

  private static ByteBuffer number(long value) {
    return payload(Long.BYTES).putLong(value);
  }

  private static ByteBuffer payload(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  /** Ends the device, then lets go of all that the front end gave. */
  @Override
  public void close() {
    detach();
    vrings.forEach(Vring::close);
    backEndRequests.close();
    waiter.close();
    connection.close();
  }
}
