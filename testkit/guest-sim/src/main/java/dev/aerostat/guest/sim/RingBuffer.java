package dev.aerostat.guest.sim;

/**
 * One buffer of a descriptor chain.
 *
 * @param address guest-physical, in bytes; whether it is RAM is the device's to check
 * @param length in bytes, as an unsigned 32-bit number
 * @param writable true if the device may write it, false if it may read it
 */
public record RingBuffer(long address, int length, boolean writable) {}
