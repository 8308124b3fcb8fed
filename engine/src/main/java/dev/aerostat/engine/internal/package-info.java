/** The threads that run the state machine, wired by Dagger. */
package dev.aerostat.engine.internal;
