package dev.aerostat.virtio;

/**
 * Where a stopped queue stands.
 *
 * @param nextAvailable the available index of the next message that the device would read, 0 to
 *     65,535: what vhost-user's GET_VRING_BASE asks for
 * @param outstanding whether messages before it were read and are not answered yet; the device
 *     remembers them and answers once the queue goes on from here
 */
public record QueuePosition(int nextAvailable, boolean outstanding) {}
