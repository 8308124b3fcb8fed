/**
 * The {@code aerostat} command: its subcommands put together, and how each of their failures ends.
 */
package dev.aerostat.cli;
