/**
 * {@code aerostat doctor}: what this host can do for real, and what keeps it from that. What a
 * mapper needs its plugin examines; what all of them need is examined here.
 */
package dev.aerostat.cli.doctor;
