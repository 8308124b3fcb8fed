/**
 * What comes with the installed command and is generated from its options. In the package of the
 * command, which exports nothing: here both are on the class path.
 */
@org.jspecify.annotations.NullMarked
package dev.aerostat.cli;
