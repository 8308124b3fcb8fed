/**
 * A virtual machine with a balloon and, perhaps, devices of this host: {@link
 * dev.aerostat.vmm.VirtualMachine} puts the rooms together.
 *
 * <table>
 *   <caption>The rooms</caption>
 *   <tr><th>package</th><th>what is in it</th></tr>
 *   <tr><td>{@code kvm}</td><td>/dev/kvm: memory, interrupts, virtual processors</td></tr>
 *   <tr><td>{@code boot}</td><td>what firmware does: a kernel in memory, ACPI</td></tr>
 *   <tr><td>{@code bus}</td><td>ports, memory-mapped registers, PCI</td></tr>
 *   <tr><td>{@code console}</td><td>a serial port on standard input and output</td></tr>
 *   <tr><td>{@code virtio}</td><td>the balloon on virtio-pci or virtio-mmio</td></tr>
 *   <tr><td>{@code passthrough}</td><td>a device of this host, behind the engine's gate</td></tr>
 *   <tr><td>{@code command}</td><td>options, the timeline as text and as JSON</td></tr>
 * </table>
 */
package dev.aerostat.vmm;
