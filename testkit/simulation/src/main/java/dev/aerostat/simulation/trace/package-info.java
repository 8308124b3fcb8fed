/** Recorded traffic of real balloon drivers, read a line at a time. */
package dev.aerostat.simulation.trace;
