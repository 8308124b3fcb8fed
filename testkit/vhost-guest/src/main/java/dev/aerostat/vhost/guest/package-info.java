/**
 * The front end of vhost-user (QEMU's docs/interop/vhost-user.rst) for one virtio-balloon device,
 * with a guest behind it: what a back end is tried on.
 */
package dev.aerostat.vhost.guest;
