/**
 * Benchmarks: what a page, a message and a boot cost, beside what a user would pick instead.
 *
 * <p>Figures of one machine and moment mean little, their ratios do: {@link
 * dev.aerostat.bench.BenchRun} prints those.
 */
@NullMarked
package dev.aerostat.bench;

import org.jspecify.annotations.NullMarked;
