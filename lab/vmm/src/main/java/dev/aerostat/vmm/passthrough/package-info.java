/**
 * A device of the host on the guest's bus, by VFIO. The guest configures it through {@link
 * dev.aerostat.mapper.vfio.GuestConfigSpace}, reaches its registers and hears its interrupts
 * without the VMM, and gets its DMA when the engine's gate opens: {@link
 * dev.aerostat.vmm.passthrough.HoldingGate}.
 */
package dev.aerostat.vmm.passthrough;
