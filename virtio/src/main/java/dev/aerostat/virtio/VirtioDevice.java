package dev.aerostat.virtio;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A virtio device as its transport sees it: the registers that virtio 1.2 names, of whatever class
 * the device is. A VMM that puts a device on a bus (virtio-mmio, virtio-pci, vhost-user) needs
 * nothing else.
 *
 * <p>Safe for use by any thread: call it from the vCPU thread whose access was trapped. No method
 * waits for the thread that serves the device. Nothing that a guest writes makes a method throw.
 */
public interface VirtioDevice {
  /** Device id of a memory balloon (virtio 1.2, section 5). */
  int ID_BALLOON = 5;

  /** Device id of virtio-mem (virtio 1.2, section 5). */
  int ID_MEM = 24;

  /** PCI class code of a memory balloon on virtio-pci, as QEMU shows it: "other", 0x00ff00. */
  int PCI_CLASS_OTHERS = 0x00ff00;

  /**
   * Returns the virtio device id (section 5), as virtio-mmio's DeviceID and, plus 0x1040, as the
   * PCI device id of a virtio-pci device.
   *
   * @return {@link #ID_BALLOON} for a balloon, {@link #ID_MEM} for virtio-mem
   */
  int deviceId();

  /**
   * Returns what the driver may choose from.
   *
   * @return feature bits 0 to 63; 64 and up are 0
   */
  long offeredFeatures();

  /**
   * Writes the driver's choice of features, which {@link #writeStatus} with FEATURES_OK judges.
   * Without effect once FEATURES_OK is set.
   *
   * @param features bits 0 to 63
   */
  void writeDriverFeatures(long features);

  /**
   * Returns the features in force.
   *
   * @return those that the driver chose, from FEATURES_OK to the next reset; else 0
   */
  long negotiatedFeatures();

  /**
   * Returns the device status field.
   *
   * @return {@link DeviceStatus} bits; 0 only after a reset is complete
   */
  int status();

  /**
   * Writes the device status field. 0 asks for a reset, which takes effect when the device has done
   * what it must before it; until then all further writes are ignored. At status 0 it takes effect
   * at once. FEATURES_OK is withheld from a driver whose features the device does not take,
   * DRIVER_OK from one without FEATURES_OK.
   *
   * <p>A driver may go on only once the reset has taken effect. What a transport does for that
   * depends on how its drivers wait:
   *
   * <ul>
   *   <li><b>virtio-pci</b>: nothing. The driver reads the status until it is 0 (section
   *       4.1.4.3.2).
   *   <li><b>virtio-mmio, channel I/O, vhost-user</b>, whose drivers do not poll: the write, or the
   *       request, itself must not complete before the reset has. Use {@link #reset} and let the
   *       vCPU go on, or answer the front end, when its future completes. A driver that goes on
   *       earlier sets up a device that ignores it.
   * </ul>
   *
   * @param bits {@link DeviceStatus} bits; bits once set stay set
   */
  void writeStatus(int bits);

  /**
   * Resets the device, as a driver does by writing 0 to its status, or as a VMM does by itself that
   * resets the guest. Never waits.
   *
   * @return completes when the reset has taken effect, on the thread that completes it, most often
   *     the one that serves the device, so what depends on it must not block; already complete if
   *     there is nothing to reset. Each request for a reset that is held already gets such a future
   */
  CompletableFuture<Void> reset();

  /**
   * Returns the size of the config space, which depends on what is offered.
   *
   * @return bytes, 0 or more
   */
  int configSize();

  /**
   * Returns a number that is another once a field has changed that was read since (section 2.5.1).
   * Read it before and after several accesses that belong together: if it moved, read again.
   *
   * @return any number; its lower 8 bits do for a transport that shows no more
   */
  int configGeneration();

  /**
   * Reads the config space, little-endian, without a lock. No read is torn.
   *
   * @param offset in bytes, aligned or not
   * @param width 1, 2, 4 or 8 bytes
   * @return the value, its upper bytes 0; 0 outside the config space or for another width
   */
  long readConfig(int offset, int width);

  /**
   * Writes the config space, little-endian. What is not the driver's to write is ignored.
   *
   * @param offset in bytes, aligned or not
   * @param width 1, 2, 4 or 8 bytes; a write of another width, or outside the config space, is
   *     ignored
   * @param value in its lower bytes
   */
  void writeConfig(int offset, int width, long value);

  /**
   * Returns the number of queues that a driver may set up.
   *
   * @return one more than the highest index
   */
  int queueCount();

  /**
   * Returns the largest size of a queue.
   *
   * @param index of the queue; any number
   * @return a number of descriptors, or 0 if there is no such queue with any features on offer
   */
  int maxQueueSize(int index);

  /**
   * Places a queue. The queue is off until {@link #enableQueue}, also if it was enabled before.
   * Queues may be placed before DRIVER_OK and after it, each when its turn comes. One that was in
   * use has its place until a reset: it is accepted where it stopped, at {@link
   * QueuePosition#nextAvailable}, and nowhere else.
   *
   * @param index of the queue; any number
   * @param layout where the driver placed it, and at which index it starts
   * @return {@link QueueSetup#ACCEPTED}, or why not
   */
  QueueSetup configureQueue(int index, QueueLayout layout);

  /**
   * Enables a configured queue: its messages are read once the driver is up. One that was stopped
   * goes on where it stopped, and what was read before is answered; once no queue is stopped for
   * {@link QueueStop#PERHAPS_RESET} any more, it was a pause.
   *
   * @param index of the queue; any number
   * @return {@link QueueSetup#ACCEPTED}, or why not
   */
  QueueSetup enableQueue(int index);

  /**
   * Stops a queue, also one that is stopped already. Nothing is lost by it: what was read and not
   * answered is remembered and answered when the queue goes on. Never waits.
   *
   * <p>A transport uses it so. On a request to stop a queue (vhost-user: SET_VRING_ENABLE with 0,
   * GET_VRING_BASE) it calls this and answers when the future completes. When the front end starts
   * the queue again, it calls {@link #configureQueue} with the place and the index that the future
   * gave, if there was a request for them, and {@link #enableQueue}. If the former returns {@link
   * QueueSetup#RESET_FIRST}, or other features were negotiated meanwhile, the stop was the end of a
   * driver: it calls {@link #reset} and, when that is complete, starts the driver anew (status,
   * features, all queues).
   *
   * @param index of the queue; of one that does not exist or is off there is nothing to stop
   * @param meaning {@link QueueStop#PAUSE} if the transport would be told of a reset. With {@link
   *     QueueStop#PERHAPS_RESET} the stop also waits until a reset could do no harm, which may take
   *     as long as mapping all memory does
   * @return completes with where the queue stands once nobody touches its ring any more. It
   *     completes on the thread that serves the device, or on the calling one, so what depends on
   *     it must not block
   */
  CompletableFuture<QueuePosition> disableQueue(int index, QueueStop meaning);

  /**
   * Returns where a queue was last placed.
   *
   * @param index of the queue; any number
   * @return its set-up, or nothing if it was not placed since the last reset
   */
  Optional<QueueLayout> queueLayout(int index);

  /**
   * Returns whether a queue is enabled.
   *
   * @param index of the queue; any number
   * @return true from {@link #enableQueue} on, until it is disabled, placed anew or reset
   */
  boolean isQueueEnabled(int index);

  /**
   * Called when the driver rang: there may be buffers in a queue.
   *
   * @param index of the queue; any number
   */
  void notifyQueue(int index);
}
