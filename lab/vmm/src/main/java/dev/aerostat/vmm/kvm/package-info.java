/**
 * KVM by java.lang.foreign (Linux, Documentation/virt/kvm/api.rst): a machine, its memory and
 * interrupts, its virtual processors and the threads that run them.
 *
 * <p>Read {@link dev.aerostat.vmm.kvm.VcpuThread} first: it is the loop at the heart of a VMM.
 */
package dev.aerostat.vmm.kvm;
