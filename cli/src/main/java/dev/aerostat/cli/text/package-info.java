/**
 * How all commands write: sizes, times and counts as people read them, tables, JSON, the console
 * and its progress bar.
 */
package dev.aerostat.cli.text;
