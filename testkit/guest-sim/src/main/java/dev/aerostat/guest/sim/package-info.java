/**
 * A guest's balloon driver on real rings in real guest memory, in three layers, each of use alone.
 *
 * <ul>
 *   <li>{@link dev.aerostat.guest.sim.DriverRing} is a split virtqueue from the driver's end.
 *   <li>{@link dev.aerostat.guest.sim.BalloonDriver} negotiates and sends inflate and deflate
 *       messages; a replay of recorded traffic tells it which pages.
 *   <li>{@link dev.aerostat.guest.sim.SimulatedGuest} decides by itself which pages and when, as
 *       Linux does, on a clock that somebody else turns.
 * </ul>
 *
 * <p>Nothing here has a thread or a notion of time of its own, and nothing is safe for use by
 * several threads: one thread drives a guest and everything below it.
 */
package dev.aerostat.guest.sim;
