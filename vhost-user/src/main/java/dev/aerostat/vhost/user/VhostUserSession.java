package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.memory.linux.socket.AllClosed;
import dev.aerostat.memory.linux.socket.Deadline;
import dev.aerostat.memory.linux.socket.MessageReader;
import dev.aerostat.memory.linux.socket.MessageWriter;
import dev.aerostat.memory.linux.socket.Poller;
import dev.aerostat.memory.linux.socket.ReceivedMessage;
import dev.aerostat.memory.linux.socket.SharedMemory;
import dev.aerostat.memory.linux.socket.ThrowableText;
import dev.aerostat.memory.linux.socket.Wakeup;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.virtio.VirtioDevice;
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
  private static final System.Logger LOG = System.getLogger("dev.aerostat.vhost.user");

  /** A balloon has five queues at most (virtio 1.2, section 5.5.2). */
  private static final int QUEUES = 5;

  private static final VhostUserFraming FRAMING = new VhostUserFraming();

  private static final int STOP = 0;
  private static final int SOCKET = 1;
  private static final int WAKEUP = 2;
  private static final int FIRST_KICK = 3;

  private static final int CONFIG_CHANGE = 2;
  private static final int LOOK_MILLIS = 1000;
  private static final int GONE =
      SocketConstants.EPOLLHUP | SocketConstants.EPOLLERR | SocketConstants.EPOLLRDHUP;
  private static final long SERVED = 0;
  private static final long REFUSED = 1;
  private static final int PAYLOAD_OF_AN_ERROR = 0;

  private final BalloonHost host;
  private final RefusedRequestLog refusals;
  private final Descriptor socket;
  private final Negotiation negotiation;
  private final MessageReader<MessageHeader> reader;
  private final MessageWriter writer;
  private final Deadline deadline;
  private final Poller poller;
  private final Wakeup wakeup;
  private final Rings rings;
  private final DriverProxy driver;
  private final SignalDescriptor backEndRequests =
      new SignalDescriptor(
          Arena.ofAuto().allocateFrom(JAVA_INT, CONFIG_CHANGE, MessageHeader.VERSION, 0));
  private long lookedAtDevice = System.nanoTime();
  private Optional<Held> held = Optional.empty();

  /** What is not answered yet: a request, or a kick, of which there is nothing to answer. */
  private record Held(Optional<MessageHeader> request, RequestAnswer.Later answer) {}

  /** Takes the socket over; {@code stop} stays the caller's. */
  VhostUserSession(
      BalloonSettings settings,
      BalloonHost host,
      RefusedRequestLog refusals,
      Descriptor socket,
      Descriptor stop,
      Duration patience)
      throws IOException {
    this.host = host;
    this.refusals = refusals;
    this.socket = socket;
    this.negotiation = new Negotiation(settings);
    this.reader = new MessageReader<>(socket, FRAMING);
    this.writer = new MessageWriter(socket, FRAMING);
    this.deadline = new Deadline(VhostUserFraming.PEER, patience);
    this.poller = new Poller();
    this.wakeup = new Wakeup();
    this.rings = new Rings(settings, QUEUES, poller, FIRST_KICK);
    this.driver = new DriverProxy(negotiation, rings);
    poller.watch(stop, STOP, SocketConstants.EPOLLIN);
    poller.watch(wakeup.descriptor(), WAKEUP, SocketConstants.EPOLLIN);
    poller.watch(socket, SOCKET, interest());
  }

  /**
   * Serves the front end until it goes, or until the server stops.
   *
   * @throws IOException if the front end breaks the protocol, or its memory is not what it was
   */
  void run() throws IOException {
    try {
      while (turn()) {
        deadline.check(reader.isMidway(), writer.isPending());
      }
    } catch (EOFException gone) {
      LOG.log(Level.DEBUG, "the front end is gone", gone);
      requireUsable();
    } catch (InternalError fault) {
      // An access to memory whose file has become shorter: the JVM's answer to SIGBUS.
      requireUsable();
      throw fault;
    }
  }

  /** Waits for something to do and does it; returns false if the server stops. */
  private boolean turn() throws IOException {
    int came = poller.await(deadline.millis(LOOK_MILLIS));
    int ofSocket = 0;
    for (int event = 0; event < came; event++) {
      switch (poller.key(event)) {
        case STOP -> {
          return false;
        }
        case WAKEUP -> wakeup.taken();
        case SOCKET -> ofSocket = poller.what(event);
        default -> kicked(poller.key(event) - FIRST_KICK);
      }
    }
    lookAtDevice();
    goOn();
    if (ofSocket != 0) {
      exchange(ofSocket);
    }
    poller.change(socket, SOCKET, interest());
    return true;
  }

  private void lookAtDevice() throws IOException {
    long now = System.nanoTime();
    if (now - lookedAtDevice >= LOOK_MILLIS * 1_000_000L) {
      lookedAtDevice = now;
      requireUsable();
      writer.requireListener();
    }
  }

  /** Checks that the guest still has its memory, and the device works. */
  private void requireUsable() throws IOException {
    if (driver.attached().isPresent()) {
      AttachedDevice device = driver.attached().get();
      device.memory().requireWhole();
      Optional<Throwable> failure = device.balloon().failure();
      if (failure.isPresent()) {
        throw new IOException(
            "the device has failed: " + ThrowableText.of(failure.get()), failure.get());
      }
    }
  }

  private void kicked(int queue) {
    rings.takeKick(queue);
    driver.attached().ifPresent(device -> device.balloon().kicked(queue));
  }

  /** Goes on with what was held, or else starts the queues whose driver rang. */
  private void goOn() throws IOException {
    if (held.isPresent()) {
      Held now = held.get();
      if (now.answer().event().isDone()) {
        held = Optional.empty();
        answer(now.request(), now.answer().next());
      }
    } else if (!writer.isPending()) {
      answer(Optional.empty(), driver::startDue);
    }
  }

  /** Sends what is left of a reply, or serves the next message. */
  private void exchange(int what) throws IOException {
    writer.flush();
    if (held.isPresent()) {
      if ((what & GONE) != 0) {
        throw new EOFException("the front end went before it was answered");
      }
    } else if (!writer.isPending()) {
      Optional<ReceivedMessage<MessageHeader>> next = reader.poll();
      if (next.isPresent()) {
        deadline.restart();
        try (var message = new VhostUserMessage(next.get())) {
          requireUsable();
          answer(Optional.of(message.header()), () -> serve(message));
        }
      }
    }
  }

  private int interest() {
    if (writer.isPending()) {
      return SocketConstants.EPOLLOUT;
    }
    return held.isPresent() ? SocketConstants.EPOLLRDHUP : SocketConstants.EPOLLIN;
  }

  @Override
  public void interruptQueue(int queue) {
    rings.interrupt(queue);
  }

  @Override
  public void interruptConfig() {
    backEndRequests.signal();
  }

  // --- Requests ---------------------------------------------------------------------------------

  private void answer(Optional<MessageHeader> request, RequestAnswer.Step step) throws IOException {
    try {
      switch (step.answer()) {
        case RequestAnswer.Done() -> {
          if (request.map(negotiation::acknowledges).orElse(false)) {
            reply(request.get(), payload(Long.BYTES).putLong(SERVED));
          }
        }
        case RequestAnswer.Payload(ByteBuffer payload) -> reply(request.orElseThrow(), payload);
        case RequestAnswer.Later later -> {
          held = Optional.of(new Held(request, later));
          var _ = later.event().whenComplete((_, _) -> wakeup.wake());
        }
      }
    } catch (RefusedException refusal) {
      refuse(request, refusal);
    }
  }

  private void refuse(Optional<MessageHeader> header, RefusedException refusal) throws IOException {
    Optional<Request> request = header.flatMap(asked -> Request.of(asked.request()));
    String name = request.map(Request::name).orElse(header.isPresent() ? "a request" : "a kick");
    refusals.refused(name, refusal);
    boolean asks = request.map(Request::asks).orElse(false);
    if (request.equals(Optional.of(Request.GET_CONFIG))) {
      reply(header.orElseThrow(), payload(PAYLOAD_OF_AN_ERROR));
    } else if (!asks && header.map(negotiation::acknowledges).orElse(false)) {
      reply(header.orElseThrow(), payload(Long.BYTES).putLong(REFUSED));
    } else {
      throw new IOException(
          "%s is refused, and the front end cannot be told: %s"
              .formatted(name, refusal.getMessage()),
          refusal);
    }
  }

  private void reply(MessageHeader request, ByteBuffer payload) throws IOException {
    writer.send(request.reply(payload));
  }

  private static ByteBuffer payload(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  private RequestAnswer serve(VhostUserMessage message) throws IOException, RefusedException {
    Request request =
        Request.of(message.header().request())
            .orElseThrow(
                () ->
                    new RefusedException(
                        "request %s is not served"
                            .formatted(Integer.toUnsignedString(message.header().request()))));
    return switch (request) {
      case GET_FEATURES -> RequestAnswer.number(negotiation.offeredFeatures());
      case GET_PROTOCOL_FEATURES -> RequestAnswer.number(ProtocolFeatures.OFFERED);
      case GET_QUEUE_NUM -> RequestAnswer.number(rings.count());
      case GET_VRING_BASE -> driver.handBack(message.read(VringState::read).index());
      case GET_CONFIG -> message.read(ConfigAccess::read).answer(device());
      case GET_STATUS -> {
        negotiation.requireStatus();
        yield RequestAnswer.number(driver.status());
      }
      case SET_STATUS -> {
        negotiation.requireStatus();
        yield driver.setStatus(message.read(ByteBuffer::getLong));
      }
      case RESET_DEVICE -> driver.reset();
      case RESET_OWNER -> driver.disableAll();
      case SET_VRING_ENABLE -> driver.enable(message.read(VringState::read));
      case SET_FEATURES,
          SET_OWNER,
          SET_MEM_TABLE,
          SET_VRING_NUM,
          SET_VRING_ADDR,
          SET_VRING_BASE,
          SET_VRING_KICK,
          SET_VRING_CALL,
          SET_VRING_ERR,
          SET_PROTOCOL_FEATURES,
          SET_BACKEND_REQ_FD,
          SET_CONFIG -> {
        take(request, message);
        yield driver.startDue();
      }
    };
  }

  private Optional<VirtioDevice> device() {
    return driver.attached().map(AttachedDevice::device);
  }

  private void take(Request request, VhostUserMessage message)
      throws IOException, RefusedException {
    switch (request) {
      case SET_FEATURES ->
          negotiation.choose(message.read(ByteBuffer::getLong), rings.areRunning());
      case SET_PROTOCOL_FEATURES -> negotiation.chooseProtocol(message.read(ByteBuffer::getLong));
      case SET_MEM_TABLE -> shareMemory(message);
      case SET_VRING_NUM -> rings.setSize(message.read(VringState::read));
      case SET_VRING_BASE -> rings.setBase(message.read(VringState::read));
      case SET_VRING_ADDR -> place(message.read(VringAddresses::read));
      case SET_VRING_KICK -> rings.setKick(message);
      case SET_VRING_CALL -> {
        rings.setCall(message);
        writer.requireListener();
      }
      case SET_BACKEND_REQ_FD -> {
        backEndRequests.connect(message.takeDescriptor());
        writer.requireListener();
      }
      case SET_CONFIG -> {
        ConfigAccess access = message.read(ConfigAccess::read);
        device().ifPresent(access::write);
      }
      default -> {
        // SET_OWNER says nothing, and no error is told over the descriptor of SET_VRING_ERR.
      }
    }
  }

  private void place(VringAddresses addresses) throws RefusedException {
    Vring vring = rings.get(addresses.index());
    if (driver.attached().isPresent()) {
      addresses.requireInside(driver.attached().get().table());
    }
    vring.addresses(addresses);
  }

  // --- Memory -----------------------------------------------------------------------------------

  private void shareMemory(VhostUserMessage message) throws RefusedException {
    MemoryTable next = message.read(MemoryTable::read);
    var files = new ArrayList<Descriptor>();
    boolean taken = false;
    try {
      for (int i = 0; i < next.regions().size(); i++) {
        files.add(message.takeDescriptor());
      }
      Optional<AttachedDevice> before = driver.attached();
      if (before.isPresent() && before.get().memory().is(next.inFiles(), files)) {
        driver.attach(before.get().at(next));
        return;
      }
      if (rings.areRunning()) {
        throw new RefusedException(
            "another memory table while queues run: stop them first (GET_VRING_BASE)");
      }
      SharedMemory memory = SharedMemory.map(VhostUserFraming.PEER, next.inFiles(), files);
      taken = true;
      attach(memory, next);
    } catch (IOException unusable) {
      throw new RefusedException(
          "the memory table cannot be used: " + unusable.getMessage(), unusable);
    } finally {
      if (!taken) {
        files.forEach(Descriptor::close);
      }
    }
  }

  private void attach(SharedMemory memory, MemoryTable table) throws RefusedException {
    try {
      driver.detach();
      driver.attach(new AttachedDevice(memory, host.host(memory.guestMemory(), this), table));
    } catch (IOException | RuntimeException refusal) {
      memory.close();
      throw new RefusedException(
          "no device for this memory: " + ThrowableText.of(refusal), refusal);
    }
  }

  /** Ends the device, then lets go of all that the front end gave. */
  @Override
  public void close() {
    AllClosed.close(
        List.of(
            driver::detach,
            rings::close,
            wakeup::close,
            backEndRequests::close,
            poller::close,
            reader::close,
            writer::close,
            socket::close));
  }
}
