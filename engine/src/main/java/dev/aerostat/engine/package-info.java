/**
 * The handle a VMM holds, its settings, and the plan of granules.
 *
 * <h2>Threads</h2>
 *
 * An engine has one event thread, which reads the rings, decides, and calls the VMM's {@link
 * dev.aerostat.api.Gate}, {@link dev.aerostat.engine.DeviceInterrupts} and {@link
 * dev.aerostat.engine.EngineListener}: these must not block. Populate and map calls run on workers,
 * threads of their own. What the transport calls on the device, from any vCPU thread, never waits
 * for a map.
 *
 * <p>A thread in {@link dev.aerostat.engine.AsyncDmaMap#notifyQueue} may stand in for the event
 * thread, and is then meant wherever that is spoken of. There is one at a time.
 */
package dev.aerostat.engine;
