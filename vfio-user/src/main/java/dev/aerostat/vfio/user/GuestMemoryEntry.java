package dev.aerostat.vfio.user;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.FileStatus;
import dev.aerostat.memory.linux.LocalFile;
import dev.aerostat.memory.linux.socket.SharedMemory;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How the memory of a guest comes to it by what a VMM maps for one device. One thread. */
final class GuestMemoryEntry implements AutoCloseable {
  private static final int MOST_FILES = 64;

  /** Each is a descriptor and a mapping here; QEMU has at most 256 pieces to plug. */
  private static final int MOST_EXTENTS = 512;

  private final VfioUserGuest guest;
  private final PeerMappings peer;
  private final RamView view = new RamView();

  /** One descriptor of each file, until the memory is known. */
  private final Map<RamExtent.FileIdentity, Descriptor> files = new HashMap<>();

  private boolean entered;
  private CompletableFuture<Void> mayGoOn = CompletableFuture.completedFuture(null);
  private Optional<RefusedException> refusal = Optional.empty();

  GuestMemoryEntry(VfioUserGuest guest, PeerMappings peer) {
    this.guest = guest;
    this.peer = peer;
  }

  /** Takes a map, and the descriptor that comes with it. */
  void map(DmaMap map, Optional<Descriptor> descriptor) throws RefusedException {
    if (descriptor.isEmpty()) {
      boolean _ = view.map(map, Optional.empty());
      return;
    }
    Descriptor file = descriptor.get();
    boolean kept = false;
    try {
      RamExtent.FileIdentity identity = identity(file);
      requireFew(identity);
      kept = view.map(map, Optional.of(identity)) && files.putIfAbsent(identity, file) == null;
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  private static RamExtent.FileIdentity identity(Descriptor file) throws RefusedException {
    try {
      LocalFile.require(file.number());
      FileStatus status = FileStatus.of(file.number());
      return new RamExtent.FileIdentity(status.device(), status.number());
    } catch (IOException unusable) {
      throw new RefusedException("memory that cannot be used: " + unusable.getMessage(), unusable);
    }
  }

  private void requireFew(RamExtent.FileIdentity identity) throws RefusedException {
    if (files.size() == MOST_FILES && !files.containsKey(identity)) {
      throw new RefusedException(
          Errno.ENOSPC,
          "memory of more than %d files: use fewer memory backends".formatted(MOST_FILES));
    }
  }

  void unmap(DmaUnmap unmap) throws RefusedException {
    view.unmap(unmap);
  }

  /** Returns whether the VMM has told all memory by now, if it goes on with something else. */
  boolean isDue() {
    return refusal.isPresent() || (!entered && !view.isEmpty());
  }

  /**
   * Brings the memory to the guest.
   *
   * @return when the VMM may go on
   * @throws RefusedException if there is none that could be the guest's
   */
  CompletableFuture<Void> enter() throws RefusedException {
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    try {
      return enter(view.extents());
    } catch (RefusedException refused) {
      refusal = Optional.of(refused);
      throw refused;
    } finally {
      closeFiles();
    }
  }

  /**
   * Checks that the VMM may go on, once that is known.
   *
   * @throws RefusedException if the memory could not be mapped after all
   */
  void requireMapped() throws RefusedException {
    if (mayGoOn.isCompletedExceptionally()) {
      var refused =
          new RefusedException(
              "the guest's memory cannot be mapped: %s".formatted(Failure.text(mayGoOn)));
      refusal = Optional.of(refused);
      throw refused;
    }
  }

  private CompletableFuture<Void> enter(List<RamExtent> extents) throws RefusedException {
    if (extents.isEmpty()) {
      throw new RefusedException(
          "the VMM shares no memory that begins at address 0: expected a memory backend with"
              + " share=on, and no virtual IOMMU before the device");
    }
    if (extents.size() > MOST_EXTENTS) {
      throw new RefusedException(
          Errno.ENOSPC,
          "the guest's memory is in %d pieces: expected %d at most, so use fewer memory backends"
              .formatted(extents.size(), MOST_EXTENTS));
    }
    for (RamExtent.FileIdentity file : extents.stream().map(RamExtent::file).distinct().toList()) {
      peer.requireShared(file);
    }
    try {
      mayGoOn = guest.enter(regions(extents), filesOf(extents));
      entered = true;
      return mayGoOn;
    } catch (IOException unusable) {
      throw new RefusedException(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private static List<SharedMemory.Region> regions(List<RamExtent> extents) {
    return extents.stream()
        .map(it -> new SharedMemory.Region(it.span().start(), it.span().bytes(), it.fileOffset()))
        .toList();
  }

  /** Returns a descriptor for each extent: most guests have one file for all. */
  private List<Descriptor> filesOf(List<RamExtent> extents) throws IOException {
    var all = new ArrayList<Descriptor>();
    for (RamExtent extent : extents) {
      try {
        int number = Objects.requireNonNull(files.get(extent.file())).number();
        all.add(PassedFile.duplicateOf(number).descriptor());
      } catch (IOException noneLeft) {
        all.forEach(Descriptor::close);
        throw noneLeft;
      }
    }
    return all;
  }

  private void closeFiles() {
    files.values().forEach(Descriptor::close);
    files.clear();
  }

  @Override
  public void close() {
    closeFiles();
    if (entered) {
      entered = false;
      guest.leave();
    }
  }
}
