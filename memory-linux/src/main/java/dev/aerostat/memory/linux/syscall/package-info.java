/**
 * The system calls that Aerostat makes: {@link dev.aerostat.memory.linux.syscall.SystemCalls},
 * {@link dev.aerostat.memory.linux.syscall.SocketCalls} and {@link
 * dev.aerostat.memory.linux.syscall.SignalCalls} are the seams, the C library is behind them;
 * {@link dev.aerostat.memory.linux.syscall.LinuxConstants} and {@link
 * dev.aerostat.memory.linux.syscall.SocketConstants} are their numbers. Only for Aerostat's own
 * modules.
 */
package dev.aerostat.memory.linux.syscall;
