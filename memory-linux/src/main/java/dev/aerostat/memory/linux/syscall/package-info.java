/**
 * The system calls that Aerostat makes: {@link dev.aerostat.memory.linux.syscall.SystemCalls} is
 * the seam, {@link dev.aerostat.memory.linux.syscall.LibcCalls} the C library behind it, {@link
 * dev.aerostat.memory.linux.syscall.LinuxConstants} their numbers. Only for Aerostat's own modules.
 */
package dev.aerostat.memory.linux.syscall;
