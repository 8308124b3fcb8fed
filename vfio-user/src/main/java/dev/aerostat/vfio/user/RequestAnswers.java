package dev.aerostat.vfio.user;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What each request of a client is answered with. One thread. */
final class RequestAnswers {
  private final DeviceRequests requests;
  private final GuestMemoryEntry memory;
  private boolean agreed;

  RequestAnswers(DeviceRequests requests, GuestMemoryEntry memory) {
    this.requests = requests;
    this.memory = memory;
  }

  /**
   * Checks that a request may come now, and has what it must have.
   *
   * @throws IOException if not: the client breaks the protocol
   */
  void requireLegal(Optional<Command> command, MessageHeader header) throws IOException {
    requireOrder(command);
    requireLength(command, header);
  }

  private void requireOrder(Optional<Command> command) throws IOException {
    boolean version = command.equals(Optional.of(Command.VERSION));
    if (version == agreed) {
      throw new IOException(
          agreed
              ? "the VMM sent VERSION twice"
              : "the VMM began with %s: expected VERSION"
                  .formatted(command.map(Command::name).orElse("an unknown command")));
    }
  }

  private static void requireLength(Optional<Command> command, MessageHeader header)
      throws IOException {
    int least = MessageHeader.BYTES + command.map(Command::leastBytes).orElse(0);
    if (header.size() < least) {
      throw new IOException(
          "the VMM sent %s of %d bytes, which is too short for it: expected %d at least"
              .formatted(command.orElseThrow(), header.size(), least));
    }
  }

  /**
   * Finds the answer. What is no map begins after the last of them: all memory is known then.
   *
   * @param files of the request; what is taken over is removed
   */
  Answer answer(Command command, ByteBuffer payload, Deque<Descriptor> files)
      throws RefusedException, IOException {
    return switch (command) {
      case VERSION -> {
        VersionOffer offer = VersionOffer.read(payload);
        agreed = true;
        yield Answer.of(offer.answer(payload.capacity()));
      }
      case DMA_MAP -> {
        DmaMap map = DmaMap.read(payload);
        memory.map(map, Optional.ofNullable(files.poll()));
        yield Answer.done();
      }
      case DMA_UNMAP -> {
        memory.unmap(DmaUnmap.read(payload));
        yield Answer.of(payload.rewind());
      }
      default ->
          memory.isDue()
              ? Answer.after(entry(command), () -> entered(command, payload, files))
              : ofDevice(command, payload, files);
    };
  }

  private CompletableFuture<Void> entry(Command command) throws RefusedException, IOException {
    try {
      return memory.enter();
    } catch (RefusedException refusal) {
      throw ofMemory(command, refusal);
    }
  }

  private Answer entered(Command command, ByteBuffer payload, Deque<Descriptor> files)
      throws RefusedException, IOException {
    try {
      memory.requireMapped();
    } catch (RefusedException refusal) {
      throw ofMemory(command, refusal);
    }
    return ofDevice(command, payload, files);
  }

  /**
   * QEMU asks for this next, and ends where it is an error. Others ask for it before, and take no
   * error in what comes then: cloud-hypervisor waits for the rest of the answer.
   */
  private static RefusedException ofMemory(Command command, RefusedException refusal)
      throws IOException {
    if (command != Command.DEVICE_GET_INFO) {
      throw new IOException("the VMM cannot have this device: " + refusal.getMessage(), refusal);
    }
    return refusal;
  }

  private Answer ofDevice(Command command, ByteBuffer payload, Deque<Descriptor> files)
      throws RefusedException, IOException {
    return switch (command) {
      case DEVICE_GET_INFO -> requests.info();
      case DEVICE_GET_REGION_INFO -> requests.regionInfo(payload);
      case DEVICE_GET_IRQ_INFO -> requests.interruptInfo(payload);
      case DEVICE_SET_IRQS -> {
        InterruptRequest request = InterruptRequest.read(payload, List.copyOf(files));
        files.clear();
        yield requests.setInterrupts(request);
      }
      case REGION_READ -> requests.read(payload);
      case REGION_WRITE -> requests.write(payload);
      case DEVICE_RESET -> requests.reset();
      case VERSION, DMA_MAP, DMA_UNMAP -> throw new IllegalStateException(command.name());
    };
  }
}
