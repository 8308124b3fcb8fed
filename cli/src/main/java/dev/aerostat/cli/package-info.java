/** The {@code aerostat} command. */
package dev.aerostat.cli;
