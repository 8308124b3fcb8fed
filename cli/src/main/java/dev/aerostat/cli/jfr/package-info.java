/** {@code aerostat jfr}: what a recording of JDK Flight Recorder says of engines. */
package dev.aerostat.cli.jfr;
