package dev.aerostat.vfio.user;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.socket.AllClosed;
import dev.aerostat.memory.linux.socket.Deadline;
import dev.aerostat.memory.linux.socket.MessageReader;
import dev.aerostat.memory.linux.socket.MessageWriter;
import dev.aerostat.memory.linux.socket.Poller;
import dev.aerostat.memory.linux.socket.ReceivedMessage;
import dev.aerostat.memory.linux.socket.Wakeup;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** One connection of a client, from its first message to its last. One thread runs it. */
final class VfioUserSession implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.vfio.user");
  private static final VfioUserFraming FRAMING = new VfioUserFraming();
  private static final int STOP = 0;
  private static final int SOCKET = 1;
  private static final int WAKEUP = 2;
  private static final int LOOK_MILLIS = 1000;
  private static final int GONE =
      SocketConstants.EPOLLHUP | SocketConstants.EPOLLERR | SocketConstants.EPOLLRDHUP;

  private final VfioUserGuest guest;
  private final ServedDevice device;
  private final RequestAnswers answers;
  private final GuestMemoryEntry memory;
  private final RefusedRequestLog refusals;
  private final Descriptor socket;
  private final Descriptor stop;
  private final MessageReader<MessageHeader> reader;
  private final MessageWriter writer;
  private final Deadline deadline;
  private final Poller poller;
  private final Wakeup wakeup;
  private long lookedAtGuest = System.nanoTime();
  private Optional<Held> held = Optional.empty();

  /** What is not answered yet. */
  private record Held(
      Command command, MessageHeader request, Deque<Descriptor> files, Answer.Later answer) {}

  /** The socket and {@code stop} stay the caller's. */
  VfioUserSession(
      VfioUserGuest guest,
      ServedDevice device,
      RefusedRequestLog refusals,
      Descriptor socket,
      Descriptor stop,
      Duration patience)
      throws IOException {
    this.poller = new Poller();
    this.wakeup = wakeupBeside(poller);
    this.guest = guest;
    this.device = device;
    this.memory = new GuestMemoryEntry(guest, PeerMappings.of(socket));
    this.answers = new RequestAnswers(new DeviceRequests(device), memory);
    this.refusals = refusals;
    this.socket = socket;
    this.reader = new MessageReader<>(socket, FRAMING);
    this.writer = new MessageWriter(socket, FRAMING);
    this.deadline = new Deadline(VfioUserFraming.PEER, patience);
    this.stop = stop;
  }

  private static Wakeup wakeupBeside(Poller poller) throws IOException {
    try {
      return new Wakeup();
    } catch (IOException noDescriptorLeft) {
      poller.close();
      throw noDescriptorLeft;
    }
  }

  /**
   * Serves the client until it goes, or until the server stops.
   *
   * @throws IOException if the client breaks the protocol, or its memory is not what it was
   */
  void run() throws IOException {
    poller.watch(stop, STOP, SocketConstants.EPOLLIN);
    poller.watch(wakeup.descriptor(), WAKEUP, SocketConstants.EPOLLIN);
    poller.watch(socket, SOCKET, interest());
    device.connected();
    try {
      while (turn()) {
        deadline.check(reader.isMidway(), writer.isPending());
      }
    } catch (EOFException gone) {
      LOG.log(Level.DEBUG, "the VMM is gone", gone);
    } catch (InternalError fault) {
      // An access to memory whose file has become shorter: the JVM's answer to SIGBUS.
      guest.requireUsable();
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
        default -> ofSocket = poller.what(event);
      }
    }
    lookAtGuest();
    goOn();
    if (ofSocket != 0) {
      exchange(ofSocket);
    }
    poller.change(socket, SOCKET, interest());
    return true;
  }

  private void lookAtGuest() throws IOException {
    long now = System.nanoTime();
    if (now - lookedAtGuest >= LOOK_MILLIS * 1_000_000L) {
      lookedAtGuest = now;
      guest.requireUsable();
      writer.requireListener();
    }
  }

  private void goOn() throws IOException {
    if (held.isPresent() && held.get().answer().event().isDone()) {
      Held now = held.get();
      held = Optional.empty();
      answer(now.command(), now.request(), now.files(), now.answer().then());
    }
  }

  /** Sends what is left of a reply, or serves the next message. */
  private void exchange(int what) throws IOException {
    writer.flush();
    if (held.isPresent()) {
      if ((what & GONE) != 0) {
        throw new EOFException("the VMM went before it was answered");
      }
    } else if (!writer.isPending()) {
      Optional<ReceivedMessage<MessageHeader>> next = reader.poll();
      if (next.isPresent()) {
        deadline.restart();
        serve(next.get());
      }
    }
  }

  private int interest() {
    if (writer.isPending()) {
      return SocketConstants.EPOLLOUT;
    }
    return held.isPresent() ? SocketConstants.EPOLLRDHUP : SocketConstants.EPOLLIN;
  }

  // --- Requests ---------------------------------------------------------------------------------

  private void serve(ReceivedMessage<MessageHeader> message) throws IOException {
    Deque<Descriptor> files = new ArrayDeque<>(message.descriptors());
    MessageHeader header = message.header();
    Optional<Command> command = Command.of(header.command());
    boolean taken = false;
    try {
      guest.requireUsable();
      answers.requireLegal(command, header);
      taken = true;
    } finally {
      if (!taken) {
        files.forEach(Descriptor::close);
      }
    }
    if (command.isPresent()) {
      answer(
          command.get(),
          header,
          files,
          () -> answers.answer(command.get(), message.payload(), files));
    } else {
      files.forEach(Descriptor::close);
      if (header.wantsReply()) {
        writer.send(header.error(Errno.EOPNOTSUPP));
      }
    }
  }

  /** Finds an answer and sends it; closes the descriptors that nobody took, once it is found. */
  private void answer(
      Command command, MessageHeader request, Deque<Descriptor> files, Answer.Step step)
      throws IOException {
    try {
      switch (step.answer()) {
        case Answer.Now now -> reply(request, now);
        case Answer.Later later -> {
          held = Optional.of(new Held(command, request, files, later));
          var _ = later.event().whenComplete((_, _) -> wakeup.wake());
        }
      }
    } catch (RefusedException refusal) {
      refusals.refused(command, String.valueOf(refusal.getMessage()));
      if (request.wantsReply()) {
        writer.send(request.error(refusal.errno()));
      }
    } finally {
      if (held.isEmpty()) {
        files.forEach(Descriptor::close);
      }
    }
  }

  private void reply(MessageHeader request, Answer.Now now) throws IOException {
    if (!request.wantsReply()) {
      now.file().ifPresent(PassedFile::close);
    } else if (now.file().isPresent()) {
      writer.send(request.reply(now.payload()), now.file().get().descriptor());
    } else {
      writer.send(request.reply(now.payload()));
    }
  }

  /** The device stops before the memory goes; then goes all that the client gave. */
  @Override
  public void close() {
    AllClosed.close(
        List.of(
            device::disconnected,
            memory::close,
            () -> held.ifPresent(it -> it.files().forEach(Descriptor::close)),
            wakeup::close,
            poller::close,
            reader::close,
            writer::close));
  }
}
