/**
 * What a virtio device is built from: its registers, and the device's end of a split virtqueue.
 *
 * <p>A device of some class has {@link DeviceRegisters}, which it hands to transports, follows from
 * its event thread what {@link QueueRegisters} were asked, and reads chains from {@link
 * SplitVirtqueue}s. Nothing that a guest writes makes a method throw, read outside guest memory or
 * loop without bound; mistakes go to a {@link MistakeSink}.
 */
package dev.aerostat.virtio.device;
