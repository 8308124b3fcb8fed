/**
 * Guest memory, ranges, the tracker's contract, policies, progress, counters and failures.
 *
 * <h2>Units</h2>
 *
 * Values that a person sees are in bytes and carry their kind of address in their type: {@link
 * dev.aerostat.api.GuestRange} for guest-physical addresses, {@link dev.aerostat.api.IovaRange} for
 * what a device aims at, {@link dev.aerostat.api.HostAddress} for where the bytes lie in this
 * process. Inner loops pass plain {@code long} page numbers, always in units of {@link
 * dev.aerostat.api.Pages#SIZE 4 KiB}, the unit of the virtio-balloon wire (virtio 1.2, section
 * 5.5.6).
 *
 * <h2>Ownership of a page</h2>
 *
 * A page is <em>ballooned</em> from the moment the device reads the message that inflates it, and
 * <em>leaving</em> from the message that deflates it until that message is acknowledged. All other
 * RAM is <em>guest-owned</em>: a device may be told to do DMA to it, so while the gate is open it
 * must be mapped.
 *
 * <h2>Three kinds of failure</h2>
 *
 * <ul>
 *   <li>The caller's mistake throws {@link IllegalArgumentException} or {@link
 *       IllegalStateException} with the values.
 *   <li>The guest's mistake is a value, counted by the device; it never throws.
 *   <li>The host's refusal is {@link dev.aerostat.api.HostRefusedException}, checked, with a {@link
 *       dev.aerostat.api.RefusalCause cause} from a sealed set.
 * </ul>
 */
package dev.aerostat.api;
