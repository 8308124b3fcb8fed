/** An engine's metrics for Micrometer. {@code docs/observability.md} lists them. */
package dev.aerostat.metrics.micrometer;
