/**
 * Guest memory on Linux.
 *
 * <p>{@link dev.aerostat.memory.linux.LinuxGuestMemory} allocates it, backed as {@link
 * dev.aerostat.memory.linux.MemoryBacking} says; {@link dev.aerostat.memory.linux.LinuxHostMemory}
 * populates and discards any memory of this process, whoever allocated it.
 */
package dev.aerostat.memory.linux;
