/**
 * The balloon device on the guest's buses: thin slots round the register blocks of {@code
 * dev.aerostat.virtio.transport}.
 */
package dev.aerostat.vmm.virtio;
