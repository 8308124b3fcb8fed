/**
 * Unix stream sockets over which messages come with descriptors: what the servers of vhost-user and
 * vfio-user share. A server serves one peer at a time; whatever a peer does is the end of its own
 * session at most.
 */
package dev.aerostat.memory.linux.socket;
