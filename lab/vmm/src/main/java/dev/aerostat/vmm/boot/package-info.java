/**
 * What a firmware would do: lay out the guest's memory, put a Linux kernel into it, and describe
 * the machine by ACPI.
 */
package dev.aerostat.vmm.boot;
