package dev.aerostat.mapper.vfio;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntToLongFunction;

/**
 * A device's calls as the kernel has them (linux/vfio.h), for whoever passes them on to another
 * process, such as a server of vfio-user.
 *
 * <p><b>What is passed on</b> is neither filtered nor gated: a server answers for the config space
 * itself, with a {@link BusMasterGate}. It resets the device by {@link VfioDevice#reset()}, so that
 * the gate knows.
 *
 * <p><b>Interrupts</b> are used by this or by {@link VfioDevice#interrupts()}, not by both: neither
 * knows what the other has enabled, and the kernel refuses a second kind. A client that connects a
 * counter to VFIO_PCI_REQ_IRQ_INDEX takes the place of {@link VfioDevice#watchRemoval}.
 *
 * <p>Safe for use by several threads, as far as the device itself is. When the mapper is closed,
 * interrupts are disabled first, also where another process still has the device's descriptor.
 */
public final class VfioRelay {
  private final DeviceCalls calls;
  private final Descriptor file;
  private final RelayedInterrupts interrupts;

  /** A device keeps its regions for as long as it is open. */
  private final Map<Integer, RelayedRegion> regions = new ConcurrentHashMap<>();

  VfioRelay(SystemCalls system, DeviceCalls calls) {
    this.calls = calls;
    this.file = calls.file();
    this.interrupts = new RelayedInterrupts(calls.address(), new IrqCalls(file), system);
  }

  /**
   * Returns what kind of device it is (VFIO_DEVICE_GET_INFO).
   *
   * @return VFIO_DEVICE_FLAGS_RESET 1, VFIO_DEVICE_FLAGS_PCI 2 and others. With
   *     VFIO_DEVICE_FLAGS_CAPS 128 the kernel has capabilities that this does not ask for
   * @throws IOException if the kernel refuses to say
   * @throws IllegalStateException if the mapper is closed
   */
  public int flags() throws IOException {
    return calls.info().flags();
  }

  /**
   * Returns how many indexes regions have (VFIO_DEVICE_GET_INFO): some may lack a region.
   *
   * @return such as 9 of a PCI device
   * @throws IOException if the kernel refuses to say
   * @throws IllegalStateException if the mapper is closed
   */
  public int regionCount() throws IOException {
    return calls.info().regions();
  }

  /**
   * Returns how many indexes interrupts have (VFIO_DEVICE_GET_INFO): some may lack an interrupt.
   *
   * @return such as 5 of a PCI device
   * @throws IOException if the kernel refuses to say
   * @throws IllegalStateException if the mapper is closed
   */
  public int interruptCount() throws IOException {
    return calls.info().interrupts();
  }

  /**
   * Describes a region (VFIO_DEVICE_GET_REGION_INFO).
   *
   * @param index 0 to {@link #regionCount()} less 1
   * @return the region; of 0 bytes if the device lacks it
   * @throws IOException if the kernel refuses, also because it knows no such index
   * @throws IllegalStateException if the mapper is closed
   */
  public RelayedRegion region(int index) throws IOException {
    RelayedRegion region = calls.region(index);
    regions.put(index, region);
    return region;
  }

  /**
   * Describes a kind of interrupt (VFIO_DEVICE_GET_IRQ_INFO).
   *
   * @param index 0 to {@link #interruptCount()} less 1
   * @return the kind; with a count of 0 if the device lacks it
   * @throws IOException if the kernel refuses, also because it knows no such index, or the device
   *     is not of PCI Express and so has no errors to report (VFIO_PCI_ERR_IRQ_INDEX)
   * @throws IllegalStateException if the mapper is closed
   */
  public RelayedInterrupt interrupt(int index) throws IOException {
    return calls.interrupt(index);
  }

  /**
   * Reads from a region. The kernel divides it into accesses of the device as it likes: of 1, 2, 4
   * or 8 bytes, each at a multiple of its size (drivers/vfio/pci/vfio_pci_rdwr.c).
   *
   * @param region its index
   * @param offset in the region, in bytes
   * @param into native; as many bytes are read as it has
   * @throws IOException if the kernel refuses, or reads less; some of it may have been read then
   * @throws IllegalArgumentException if the region does not have all these bytes, or the segment is
   *     not native
   * @throws IllegalStateException if the mapper is closed
   */
  public void read(int region, long offset, MemorySegment into) throws IOException {
    long at = within("read", region, offset, into);
    calls.checkWhole(what("read", region, offset, into), into.byteSize(), file.pread(into, at));
  }

  /**
   * Writes to a region: as for {@link #read}.
   *
   * @param region its index
   * @param offset in the region, in bytes
   * @param from native; all of it is written
   * @throws IOException if the kernel refuses, or writes less; some of it may be written then
   * @throws IllegalArgumentException if the region does not have all these bytes, or the segment is
   *     not native
   * @throws IllegalStateException if the mapper is closed
   */
  public void write(int region, long offset, MemorySegment from) throws IOException {
    long at = within("write", region, offset, from);
    calls.checkWhole(what("write", region, offset, from), from.byteSize(), file.pwrite(from, at));
  }

  private long within(String verb, int index, long offset, MemorySegment bytes) throws IOException {
    RelayedRegion known = regions.get(index);
    RelayedRegion region = known == null ? region(index) : known;
    if (offset < 0 || bytes.byteSize() > region.bytes() - offset) {
      throw new IllegalArgumentException(
          "device %s: %s: expected bytes below 0x%x"
              .formatted(calls.address(), what(verb, index, offset, bytes), region.bytes()));
    }
    if (!bytes.isNative()) {
      throw new IllegalArgumentException(
          "device %s: %s: expected a native segment, not one on the heap"
              .formatted(calls.address(), what(verb, index, offset, bytes)));
    }
    return region.offset() + offset;
  }

  private static String what(String verb, int region, long offset, MemorySegment bytes) {
    return "%s %d bytes at 0x%x of region %s"
        .formatted(verb, bytes.byteSize(), offset, Integer.toUnsignedString(region));
  }

  /**
   * Does what a client asks of the interrupts (VFIO_DEVICE_SET_IRQS).
   *
   * <p>The kernel is asked as the client asks, with one exception, since a client of vfio-user
   * connects more vectors than a message holds descriptors by several requests with rising {@code
   * start}, and the kernel settles by the first of them how many there are: of MSI always, of MSI-X
   * before Linux 6.5. So the first request of MSI-X enables all vectors that the device has, those
   * that were not asked for without a counter; if the host has too few left, as many as the request
   * names. MSI has as many as its requests named: else the device would use vectors that its driver
   * does not know of. One that names more is obeyed by disabling and enabling it anew.
   *
   * <p>The kernel holds on to a counter, not to its descriptor: that may be closed as soon as this
   * has returned.
   *
   * @param request what is asked
   * @throws IOException if the kernel refuses
   * @throws IllegalArgumentException if the device has no such index, or not as many interrupts
   * @throws IllegalStateException if the mapper is closed
   */
  public void setInterrupts(InterruptRequest request) throws IOException {
    interrupts.set(request);
  }

  /**
   * Disables whatever {@link #setInterrupts} enabled, and lets go of all counters: for a client
   * that has gone without doing so. Does nothing once the mapper is closed.
   *
   * @throws IOException if the kernel refuses
   */
  public void disableInterrupts() throws IOException {
    interrupts.disable();
  }

  /**
   * Lends the device's file, for another process to map regions of, at their offset in it.
   *
   * <p>Who has it can do all that this process can do with the device, past this class and past a
   * gate: give it only to a process that is trusted as much. The device is not free for others
   * before that process has closed it and unmapped what it mapped, even if the mapper is closed.
   *
   * @param call is given the descriptor, which is good until it returns and stays this mapper's: it
   *     closes nothing, keeps nothing but what it duplicates or sends (SCM_RIGHTS of unix(7)), and
   *     does not wait, since closing the mapper waits for it
   * @return what it returns
   * @throws IllegalStateException if the mapper is closed
   */
  public long lend(IntToLongFunction call) {
    return file.whileOpen(call);
  }

  /** Disables interrupts for good, since the device is about to be closed. */
  void close() throws IOException {
    interrupts.close();
  }

  @Override
  public String toString() {
    return "VfioRelay[%s]".formatted(calls.address());
  }
}
