/** The guest's console: a serial port on this process's standard input and output. */
package dev.aerostat.vmm.console;
