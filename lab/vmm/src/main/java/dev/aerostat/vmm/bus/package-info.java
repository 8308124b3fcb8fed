/**
 * What a guest's accesses reach: the address spaces of ports and memory with the devices in them,
 * the PCI bus, and the ports that end a run.
 */
package dev.aerostat.vmm.bus;
