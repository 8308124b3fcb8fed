/**
 * What the options of several commands are: their names, their types, and how text is read as one.
 */
package dev.aerostat.cli.options;
