/**
 * A host in software.
 *
 * <h2>What it models</h2>
 *
 * <p>{@link dev.aerostat.mapper.sim.SimulatedMapper} is one VFIO container or one iommufd address
 * space: it refuses what the kernel refuses, in the order in which the kernel checks ({@link
 * dev.aerostat.mapper.sim.KernelRules}). {@link dev.aerostat.mapper.sim.SimulatedHostMemory} is the
 * process around it: which pages are populated, and how much memory is locked. {@link
 * dev.aerostat.mapper.sim.HostCosts} says what each call costs; the time goes to the request's
 * {@link dev.aerostat.mapper.spi.CostMeter}, so a boot runs in real time or on a virtual clock.
 * {@link dev.aerostat.mapper.sim.FaultOrder} makes the host fail to order.
 *
 * <h2>What it leaves out</h2>
 *
 * <p>No byte of guest memory is touched. Transparent huge pages, NUMA and the cost of a contended
 * lock are not modelled; a thread that meets a page which another thread is still populating finds
 * it populated.
 */
package dev.aerostat.mapper.sim;
