/**
 * The two virtio transports that a VMM can put a {@link dev.aerostat.virtio.VirtioDevice} on:
 * {@link dev.aerostat.virtio.transport.VirtioMmio} and {@link
 * dev.aerostat.virtio.transport.VirtioPci}, as virtio 1.3 has them in sections 4.2 and 4.1, for
 * modern drivers only.
 *
 * <p>Each is a register block. The VMM traps the guest's accesses and passes them on, and is told
 * when to interrupt the guest. An access may be at any offset, of any width and in any order: none
 * throws, and one that the specification does not allow reads as 0, or is ignored.
 */
package dev.aerostat.virtio.transport;
