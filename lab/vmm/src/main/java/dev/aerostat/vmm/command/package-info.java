/** The command: its options, and what came of a run as text and as JSON. */
package dev.aerostat.vmm.command;
