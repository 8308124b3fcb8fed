/** Contracts as tests that an implementation gets by a class of a few lines. */
package dev.aerostat.testkit;
