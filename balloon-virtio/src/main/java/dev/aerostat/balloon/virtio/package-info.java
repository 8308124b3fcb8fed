/**
 * What a virtio-balloon device is to a VMM: how it presents itself, what it has counted, and what
 * its guest claims. Its registers are a {@link dev.aerostat.virtio.VirtioDevice}.
 */
package dev.aerostat.balloon.virtio;
