/**
 * Asynchronous DMA map as a state machine without threads, time or I/O.
 *
 * <p>{@link dev.aerostat.engine.core.EngineCore} takes events and returns {@link
 * dev.aerostat.engine.core.EngineCommands commands}. Two runners drive it: the threads of {@code
 * dev.aerostat.engine}, and the virtual clock of {@code dev.aerostat.simulation}; so what is
 * simulated is what runs.
 *
 * <h2>The way of a granule</h2>
 *
 * <pre>
 *                 populate, slice by slice      map
 *   UNMAPPED ──────────────▶ MAPPING ─────────────────────▶ MAPPED ────▶ UNMAPPING (close)
 *      ▲                        │ the host refuses
 *      └──── back-off ◀─────────┘
 * </pre>
 *
 * <h2>Who goes first</h2>
 *
 * <ol>
 *   <li>On-demand: granules that a deflate waits for.
 *   <li>Granules whose back-off has passed.
 *   <li>While the gate is closed: granules with guest-owned pages, from the end that the guest is
 *       expected to balloon last. While a reset is held: all that is unmapped.
 *   <li>Afterwards: ballooned granules, last inflated first.
 * </ol>
 */
package dev.aerostat.engine.core;
