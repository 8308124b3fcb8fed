package dev.aerostat.engine;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mem.virtio.MemCounters;
import dev.aerostat.virtio.VirtioDevice;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The handle a VMM holds on one guest's asynchronous DMA map.
 *
 * <ol>
 *   <li>Build it with the guest's memory, a mapper and a {@link Gate}; this plans the granules and
 *       refuses what cannot work.
 *   <li>Put {@link #device()} on the guest's bus, and {@link #start()} it before the guest runs.
 *   <li>Tell it of the guest's wish for bus mastering ({@link #dmaWanted()}) while the gate is
 *       closed.
 *   <li>{@link #close()} it before the memory goes.
 * </ol>
 *
 * <p>Safe for use by any thread. One event thread and the workers are its own.
 *
 * <p>Whatever is called back may throw anything. What listener and interrupts throw is logged, what
 * the mapper throws is a refusal that is tried again; what tracker or gate throw, or a bug of the
 * engine, ends it safely: {@link EngineListener#failed}.
 */
public interface AsyncDmaMap extends AutoCloseable {
  /**
   * Starts to put one together.
   *
   * @param memory the guest's RAM; belongs to the VMM and must outlive this
   * @param mapper maps it; belongs to what is built, which closes it at its own close
   * @param gate keeps the device from doing DMA; closed now
   * @return a builder with the usual settings
   */
  static AsyncDmaMapBuilder builder(GuestMemory memory, DmaMapper mapper, Gate gate) {
    return new AsyncDmaMapBuilder(memory, mapper, gate);
  }

  /**
   * Returns the balloon device's registers, for the VMM's transport.
   *
   * @return always the same
   */
  VirtioDevice device();

  /**
   * Returns what the device has counted. Waits for the event thread's turn to end.
   *
   * @return the counts at one moment
   */
  BalloonCounters deviceCounters();

  /**
   * Returns the virtio-mem device's registers, for the VMM's transport.
   *
   * @return always the same; empty if this was built without {@link AsyncDmaMapBuilder#virtioMem}
   */
  Optional<VirtioDevice> memDevice();

  /**
   * Returns what the virtio-mem device has counted. Waits for the event thread's turn to end.
   *
   * @return the counts at one moment; empty if there is no such device
   */
  Optional<MemCounters> memCounters();

  /**
   * Starts the threads: mapping begins now.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  void start();

  /**
   * Notifies the device that the driver rang, as {@link VirtioDevice#notifyQueue} does, and lends
   * the engine the calling thread: the queues are read on it, unless the event thread is at work.
   * This saves waking another thread for each message, so it is for a transport that has a thread
   * for the device anyway. What the engine then calls back, it calls on this thread. Never waits.
   *
   * @param queue index of the queue; any number
   */
  void notifyQueue(int queue);

  /**
   * Called when the guest asks for DMA. Does nothing while the gate is open. Never waits; a guest
   * that asks again before the event thread has heard of it is heard once.
   */
  void dmaWanted();

  /**
   * Sets how large the balloon stays after the boot. The engine asks the guest for the larger of
   * this and its own target, and leaves as much memory unmapped. Takes effect soon; never waits.
   *
   * @param bytes 0 to all RAM that no virtio-mem device has, in whole pages of 4 KiB
   * @throws IllegalArgumentException if {@code bytes} is outside that range
   */
  void operatorTarget(long bytes);

  /**
   * Sets how much of the virtio-mem device's region the guest is to have: all of it, unless told
   * otherwise. The engine asks the guest for as much of that as is mapped. A guest that is asked
   * for less than it has gives memory back when it can, which stays mapped. Takes effect soon;
   * never waits.
   *
   * @param bytes 0 to the size of the region, in whole blocks; without such a device 0
   * @throws IllegalArgumentException if {@code bytes} is outside that range
   */
  void requestMemory(long bytes);

  /**
   * Asks the guest for fresh figures of its memory, which come as {@link
   * EngineListener#statistics}. Does nothing if the driver sends none, or has not answered the last
   * request yet. Never waits.
   */
  void requestStatistics();

  /**
   * Adds a listener to the one that this was built with: it hears of what happens from now on. One
   * that is added twice hears twice.
   *
   * @param listener called as {@link EngineListener} says
   */
  void addListener(EngineListener listener);

  /**
   * Removes a listener. A call under way on another thread may still come to its end. Does nothing
   * if it was not added.
   *
   * @param listener as it was added or built with
   */
  void removeListener(EngineListener listener);

  /**
   * Completes when the gate opens for the first time.
   *
   * <p>If the engine fails before, it completes exceptionally with what {@link
   * EngineListener#failed} was told just before. A cause that is a {@code CancellationException} or
   * {@code CompletionException} itself, or whose text cannot be read, is the cause of an {@link
   * IllegalStateException} then. What depends on the future runs on the event thread and must not
   * block.
   *
   * @return a future of the caller's own; it is cancelled if this is closed before
   */
  CompletableFuture<Void> dmaReady();

  /**
   * Returns how far the boot has come. Waits for the event thread's turn to end: a caller that
   * holds a lock which one of its listeners takes, too, would wait for that listener, and it for
   * the lock.
   *
   * @return a copy
   * @throws IllegalStateException if a tracker of the VMM's own threw when it was asked: the cause
   *     says what
   */
  Progress progress();

  /**
   * Returns the counters. Waits for the event thread's turn to end.
   *
   * @return a copy
   */
  EngineCounters counters();

  /**
   * Closes the gate, acknowledges pending deflates, unmaps everything, closes the mapper and ends
   * the threads. Waits for all that, host calls under way included. Does nothing the second time.
   *
   * <p>A gate that throws, or does not run {@code done} in {@linkplain
   * AsyncDmaMapBuilder#gatePatience time}, may let DMA through: then nothing is unmapped and the
   * mapper is left open, for the caller to close once the device is stopped. The log and {@link
   * EngineListener#failed} say so.
   *
   * <p>Stop the guest's vCPUs first. A guest that still runs finds its device shut, not dead:
   * {@code DEVICE_NEEDS_RESET} is set, registers can be read and written, and as no DMA can happen
   * what it sends is returned at once and its resets take effect at once, on the thread that
   * reports the device. So guest memory must outlive the last call on {@link #device()}, too. With
   * a gate that did not close nothing is returned and no reset takes effect.
   *
   * @throws IllegalStateException if called on the event thread, or from a call to the mapper,
   *     which cannot wait for themselves
   */
  @Override
  void close();
}
