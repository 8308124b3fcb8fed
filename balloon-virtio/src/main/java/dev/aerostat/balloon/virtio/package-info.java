/** The device side of virtio-balloon. */
package dev.aerostat.balloon.virtio;
