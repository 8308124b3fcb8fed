package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.balloon.virtio.BalloonDevice;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One connection of a front end, from its first message to its last. One thread runs it. */
final class VhostUserSession implements GuestInterrupts, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(VhostUserSession.class.getName());

  /** A balloon has five queues at most (virtio 1.2, section 5.5.2). */
  private static final int QUEUES = 5;

  private static final int STOP = 0;
  private static final int SOCKET = 1;
  private static final int FIRST_KICK = 2;

  private static final int CONFIG_CHANGE = 2;
  private static final int RESET_LOOK_MILLIS = 1;
  private static final int MEMORY_LOOK_MILLIS = 1000;
  private static final int GONE =
      SocketConstants.EPOLLHUP | SocketConstants.EPOLLERR | SocketConstants.EPOLLRDHUP;

  private final BalloonHost host;
  private final Descriptor socket;
  private final Negotiation negotiation;
  private final MessageReader reader;
  private final MessageWriter writer;
  private final Deadline deadline;
  private final Poller poller;
  private final Rings rings;
  private final SignalDescriptor backEndRequests =
      new SignalDescriptor(
          Arena.ofAuto().allocateFrom(JAVA_INT, CONFIG_CHANGE, MessageHeader.VERSION, 0));
  private Optional<MemoryTable> table = Optional.empty();
  private Optional<AttachedDevice> attached = Optional.empty();
  private boolean started;

  /** Takes the socket over; {@code stop} stays the caller's. */
  VhostUserSession(
      BalloonSettings settings,
      BalloonHost host,
      Descriptor socket,
      Descriptor stop,
      Duration patience)
      throws IOException {
    this.host = host;
    this.socket = socket;
    this.negotiation = new Negotiation(settings);
    this.reader = new MessageReader(socket);
    this.writer = new MessageWriter(socket);
    this.deadline = new Deadline(patience);
    this.poller = new Poller();
    this.rings = new Rings(settings, QUEUES, poller, FIRST_KICK);
    poller.watch(stop, STOP, SocketConstants.EPOLLIN);
    poller.watch(socket, SOCKET, interest());
  }

  /**
   * Serves the front end until it goes, or until the server stops.
   *
   * @throws IOException if the front end breaks the protocol
   */
  void run() throws IOException {
    try {
      while (turn()) {
        deadline.check(reader.isMidway(), writer.isPending());
      }
    } catch (EOFException gone) {
      LOG.log(Level.DEBUG, "the front end is gone", gone);
    } catch (InternalError fault) {
      // An access to memory whose file has become shorter: the JVM's answer to SIGBUS.
      if (attached.isPresent()) {
        attached.get().memory().requireWhole();
      }
      throw fault;
    }
  }

  /** Waits for something to do and does it; returns false if the server stops. */
  private boolean turn() throws IOException {
    int came = poller.await(deadline.millis(MEMORY_LOOK_MILLIS));
    boolean toRead = false;
    for (int event = 0; event < came; event++) {
      switch (poller.key(event)) {
        case STOP -> {
          return false;
        }
        case SOCKET -> toRead = true;
        default -> kicked(poller.key(event) - FIRST_KICK);
      }
    }
    if (came == 0 && attached.isPresent()) {
      attached.get().memory().requireWhole();
    }
    if (toRead) {
      exchange();
    }
    return true;
  }

  /** Sends what is left of a reply, or serves the next message. */
  private void exchange() throws IOException {
    writer.flush();
    if (!writer.isPending()) {
      Optional<Message> next = reader.poll();
      if (next.isPresent()) {
        deadline.restart();
        try (Message message = next.get()) {
          serve(message);
        }
      }
    }
    poller.change(socket, SOCKET, interest());
  }

  private int interest() {
    return writer.isPending() ? SocketConstants.EPOLLOUT : SocketConstants.EPOLLIN;
  }

  private void kicked(int queue) {
    rings.takeKick(queue);
    attached.ifPresent(device -> device.balloon().kicked(queue));
  }

  @Override
  public void interruptQueue(int queue) {
    rings.interrupt(queue);
  }

  @Override
  public void interruptConfig() {
    backEndRequests.signal();
  }

  private void serve(Message message) throws IOException {
    MessageHeader header = message.header();
    Optional<Request> request = Request.of(header.request());
    try {
      if (request.isEmpty()) {
        throw new RefusedException("request %d is not served".formatted(header.request()));
      }
      if (!answered(request.get(), message) && negotiation.acknowledges(header)) {
        writer.reply(header, number(0));
      }
    } catch (RefusedException refusal) {
      refuse(request, header, refusal);
    }
  }

  private void refuse(Optional<Request> request, MessageHeader header, RefusedException refusal)
      throws IOException {
    String name = request.map(Request::name).orElse("a request");
    LOG.log(Level.WARNING, "{0} is refused: {1}", name, refusal.getMessage());
    if (request.equals(Optional.of(Request.GET_CONFIG))) {
      writer.reply(header, payload(0));
    } else if (negotiation.acknowledges(header) && !request.map(Request::asks).orElse(false)) {
      writer.reply(header, number(1));
    } else {
      throw new IOException(
          "%s is refused, and the front end cannot be told: %s"
              .formatted(name, refusal.getMessage()),
          refusal);
    }
  }

  /** Returns whether the request has been answered, because it asks for something. */
  private boolean answered(Request request, Message message) throws IOException, RefusedException {
    switch (request) {
      case GET_FEATURES -> writer.reply(message.header(), number(negotiation.offeredFeatures()));
      case GET_PROTOCOL_FEATURES ->
          writer.reply(message.header(), number(ProtocolFeatures.OFFERED));
      case GET_QUEUE_NUM -> writer.reply(message.header(), number(rings.count()));
      case GET_VRING_BASE -> stopVring(message);
      case GET_CONFIG ->
          writer.reply(message.header(), message.read(ConfigAccess::read).reply(device()));
      default -> {
        take(request, message);
        return false;
      }
    }
    return true;
  }

  private Optional<BalloonDevice> device() {
    return attached.map(AttachedDevice::device);
  }

  private void take(Request request, Message message) throws IOException, RefusedException {
    switch (request) {
      case SET_FEATURES -> chooseFeatures(message.read(ByteBuffer::getLong));
      case SET_PROTOCOL_FEATURES -> negotiation.chooseProtocol(message.read(ByteBuffer::getLong));
      case RESET_OWNER -> resetDevice();
      case SET_MEM_TABLE -> shareMemory(message);
      case SET_VRING_NUM -> rings.setSize(message.read(VringState::read));
      case SET_VRING_BASE -> rings.setBase(message.read(VringState::read));
      case SET_VRING_ADDR -> place(message.read(VringAddresses::read));
      case SET_VRING_KICK -> rings.setKick(message);
      case SET_VRING_CALL -> rings.setCall(message);
      case SET_VRING_ENABLE -> enable(message.read(VringState::read));
      case SET_BACKEND_REQ_FD -> backEndRequests.connect(message.takeDescriptor());
      case SET_CONFIG -> {
        ConfigAccess access = message.read(ConfigAccess::read);
        device().ifPresent(access::write);
      }
      case SET_OWNER, SET_VRING_ERR -> {}
      case GET_FEATURES, GET_PROTOCOL_FEATURES, GET_QUEUE_NUM, GET_VRING_BASE, GET_CONFIG ->
          throw new IllegalStateException(request + " is answered elsewhere");
    }
  }

  private void chooseFeatures(long chosen) throws IOException, RefusedException {
    if (started && negotiation.checked(chosen) != negotiation.features()) {
      resetDevice();
    }
    negotiation.choose(chosen);
  }

  // --- Memory -----------------------------------------------------------------------------------

  private void shareMemory(Message message) throws RefusedException {
    MemoryTable next = message.read(MemoryTable::read);
    var files = new ArrayList<Descriptor>();
    boolean taken = false;
    try {
      for (int i = 0; i < next.regions().size(); i++) {
        files.add(message.takeDescriptor());
      }
      if (attached.isEmpty() || !attached.get().memory().is(next, files)) {
        if (started) {
          throw new RefusedException(
              "another memory table while queues run: stop them first (GET_VRING_BASE)");
        }
        SharedMemory memory = SharedMemory.map(next, files);
        taken = true;
        attach(memory);
      }
      table = Optional.of(next);
    } finally {
      if (!taken) {
        files.forEach(Descriptor::close);
      }
    }
  }

  private void attach(SharedMemory memory) throws RefusedException {
    try {
      detach();
      attached = Optional.of(new AttachedDevice(memory, host.host(memory.guestMemory(), this)));
    } catch (IOException | RuntimeException refusal) {
      memory.close();
      throw new RefusedException("no device for this memory: " + refusal, refusal);
    }
  }

  private void detach() {
    Optional<AttachedDevice> before = attached;
    attached = Optional.empty();
    table = Optional.empty();
    started = false;
    before.ifPresent(AttachedDevice::close);
  }

  // --- Queues -----------------------------------------------------------------------------------

  private void place(VringAddresses addresses) throws RefusedException {
    Vring vring = rings.get(addresses.index());
    if (table.isPresent()) {
      addresses.requireInside(table.get());
    }
    vring.addresses(addresses);
  }

  private void enable(VringState state) throws IOException, RefusedException {
    Vring vring = rings.get(state.index());
    boolean on = state.number() != 0;
    vring.enabled(on);
    if (!on) {
      resetDevice();
    } else if (!started && rings.placed().stream().allMatch(Vring::isReady)) {
      startDriver();
    }
  }

  private void startDriver() throws RefusedException {
    if (rings.placed().isEmpty()) {
      return;
    }
    AttachedDevice device =
        attached.orElseThrow(() -> new RefusedException("queues before a memory table"));
    device.startDriver(negotiation.features(), rings.layouts(table.orElseThrow()));
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
    AttachedDevice device = attached.orElseThrow();
    device.device().writeStatus(0);
    while (!device.isReset()) {
      if (isOver()) {
        throw new EOFException("the front end went during a reset");
      }
    }
    started = false;
    for (Vring vring : rings.placed()) {
      vring.stop(device.memory().read16(vring.layout(table.orElseThrow()).deviceArea() + 2));
    }
    device.balloon().driverStopped();
  }

  private boolean isOver() throws IOException {
    poller.change(socket, SOCKET, SocketConstants.EPOLLRDHUP);
    int came = poller.await(RESET_LOOK_MILLIS);
    for (int event = 0; event < came; event++) {
      if (poller.key(event) == STOP
          || (poller.key(event) == SOCKET && (poller.what(event) & GONE) != 0)) {
        return true;
      }
    }
    return false;
  }

  /** Answers where the queue would go on: all that was not returned is to be read again. */
  private void stopVring(Message message) throws IOException, RefusedException {
    VringState state = message.read(VringState::read);
    Vring vring = rings.get(state.index());
    resetDevice();
    var reply = payload(VringState.BYTES);
    new VringState(state.index(), vring.base()).write(reply);
    writer.reply(message.header(), reply);
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
    AllClosed.close(
        List.of(
            this::detach,
            rings::close,
            backEndRequests::close,
            poller::close,
            reader::close,
            writer::close,
            socket::close));
  }
}
