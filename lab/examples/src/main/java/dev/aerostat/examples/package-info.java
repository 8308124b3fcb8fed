/**
 * How the modules are used, in code that runs.
 *
 * <ul>
 *   <li>{@link dev.aerostat.examples.TinyVmm}: what a VMM does, from guest memory to close.
 *   <li>{@link dev.aerostat.examples.SortedMapTracker}: a tracker of one's own, for the engine's
 *       builder; tested with {@code BalloonTrackerContract}.
 *   <li>{@link dev.aerostat.examples.TableMapperProvider}: a mapper plugin, found by name; tested
 *       with {@code MapperContract}.
 * </ul>
 */
package dev.aerostat.examples;
