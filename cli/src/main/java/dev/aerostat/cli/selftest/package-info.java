/**
 * The commands {@code mappers}, which lists the mapper plugins, and {@code selftest}, which tries
 * the contract of one on this host.
 */
package dev.aerostat.cli.selftest;
