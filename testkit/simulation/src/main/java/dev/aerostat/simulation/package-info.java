/** Boots and replays on a virtual clock. */
package dev.aerostat.simulation;
