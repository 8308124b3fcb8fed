/**
 * The commands {@code boot}, {@code compare} and {@code replay}, which run simulations, and what
 * they print.
 */
package dev.aerostat.cli.boot;
