/**
 * What an engine does, as JDK Flight Recorder and the VMM's listeners hear of it: both runners tell
 * it {@link dev.aerostat.engine.events.EngineEvents}, and only they see this package. {@code
 * docs/observability.md} explains each event.
 *
 * <p>While nobody records, an event costs a look whether it is enabled, and nothing is kept.
 */
package dev.aerostat.engine.events;
