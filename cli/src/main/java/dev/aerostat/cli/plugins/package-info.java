/**
 * Plugins that the user brings along: jars in directories, made a layer of modules of their own.
 */
package dev.aerostat.cli.plugins;
