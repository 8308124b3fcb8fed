package dev.aerostat.mapper.vfio;

/**
 * What a device writes, and where, to interrupt its guest (PCI Local Bus Specification 3.0, section
 * 6.8.1). Immutable.
 *
 * @param address where; the guest's choice, so any number
 * @param data what, in its lower 16 bits
 */
public record MsiMessage(long address, int data) {}
