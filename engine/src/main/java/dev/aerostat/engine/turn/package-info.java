/**
 * How the engine's runners read the device. Only this project's own runners see it: a turn needs
 * the device itself, of which a VMM gets no more than the registers.
 */
package dev.aerostat.engine.turn;
