/**
 * What a virtio-mem device is to a VMM: how it presents itself and what it has counted. Its
 * registers are a {@link dev.aerostat.virtio.VirtioDevice}.
 */
package dev.aerostat.mem.virtio;
